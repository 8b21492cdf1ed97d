import { globSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { command, workspace, type DrillRun } from '../fixtures/drill.ts';
import { loginShell, oddServer, startOddDrill } from '../fixtures/odd-ssh.ts';
import { until } from '../fixtures/until.ts';
import { claim, trial } from './trial.ts';

const drillOn = (manner: string, sandbox = {}): Promise<DrillRun> =>
  startOddDrill(workspace(), manner, sandbox).finished;

const drillWith = (script: string): Promise<DrillRun> => {
  const place = workspace();
  return startOddDrill(place, loginShell(place, script)).finished;
};

/** What is noted of servers. */
const notes = (run: Pick<DrillRun, 'workspace'>): string[] => {
  try {
    return readdirSync(join(run.workspace.root, 'state/pgdrill-servers'));
  } catch {
    return [];
  }
};

const codes = ({ report }: DrillRun): string[] => report?.reasons.map(({ code }) => code) ?? [];

trial('G1', () => drillOn('garbage'));
trial('G1b', () => drillOn('unknown'));
trial('G1c', () => drillOn('huge'));
trial('G1d', () => drillOn('pongs'));
trial('G1e', () => drillOn('count'));
trial('G1f', () => drillOn('status'));
trial('G1g', () => drillOn('stranger'));
trial('G1h', () => drillOn('flood'));
trial('G1i', () => drillOn('banner'));
trial('G1j', () => drillOn('prints'));
trial('G1k', () => drillOn('closes'));
trial('G1l', () => drillOn('deaf'));
trial('G1m', () => drillOn('mute:resume -1 root'));

claim('G1n', async () => {
  const ended = await Promise.all(
    ['mute', 'stubborn', 'flood', 'errors', 'deaf', 'silent', 'answerless', 'closes'].map((manner) =>
      interrupted(manner, 1),
    ),
  );
  const hurried = await Promise.all(['mute', 'stubborn', 'answerless'].map((manner) => interrupted(manner, 2)));
  expect([...ended, ...hurried]).toEqual([...ended, ...hurried].map(() => ({ status: 130, codes: ['cancelled'] })));
});

/** What a run comes to that is interrupted while it waits for the server. */
async function interrupted(manner: string, times: number): Promise<{ status: number | null; codes: string[] }> {
  const place = workspace();
  const { finished, kill } = startOddDrill(place, manner, { grace: '5m' });
  // Nothing shows from outside that it waits for the server; from its note on it is some moments.
  const directory = join(place.root, 'state/pgdrill-servers');
  await until('the run is noted', () => globSync('*.json', { cwd: directory }).length > 0);
  await delay(3000);
  for (let time = 0; time < times; time += 1) {
    kill('SIGINT');
    await delay(200);
  }
  const run = await finished;
  const left = run.report?.reasons.find(({ code }) => code === 'cleanup-failed');
  expect(left?.hint ?? 'drill sweep').toContain('drill sweep');
  return { status: run.status, codes: codes(run).filter((code) => code !== 'cleanup-failed') };
}

trial('G2', () =>
  drillWith(`export PERL_UNICODE=SDA PERL5OPT=-Mopen=:utf8 PERLIO=:utf8
    shopt -s expand_aliases; alias perl=false; perl() { echo no; exit 1; }
    for i in 1 2 3; do echo "welcome $i"; printf 'more "noise" '; done; sleep 2; echo late`),
);
trial('G2b', () => drillWith('echo no service today; exit 7'));
trial('G2c', () => drillWith('echo "Which project?"; read answer'));
trial('G2d', () => drillWith('exec dash'));
trial('G2e', () => drillWith('PATH=/no/such/place'));
trial('G2f', () => drillOn('nologin'));
trial('G2g', () => drillWith('(sleep 1; echo "You have new mail") &'));

describe('a server that never let us in', () => {
  claim('G3', async () => {
    for (const manner of ['refuses', 'nologin', 'prints']) {
      const run = await drillOn(manner);
      expect(run.report?.verdict).toBe('inconclusive');
      expect({ manner, codes: codes(run).length, notes: notes(run), cleanup: run.report?.cleanup.done }).toEqual({
        manner,
        codes: 1,
        notes: [],
        cleanup: true,
      });
    }
    const place = workspace();
    const reuses = { reuse: true };
    expect((await startOddDrill(place, loginShell(place, ':'), reuses).finished).report?.verdict).toBe('passed');
    const noted = notes({ workspace: place });
    expect(noted).toEqual([expect.stringMatching(/^kept-/)]);
    expect(codes(await startOddDrill(place, 'refuses', reuses).finished)).toEqual(['login-refused']);
    expect(notes({ workspace: place })).toEqual(noted);
    const sweep = await command(
      place,
      ['sweep', '--sandbox', 'ssh', '--kept'],
      oddServer(place, loginShell(place, ':')),
    );
    expect({ status: sweep.status, said: sweep.stdout }).toEqual({
      status: 0,
      said: expect.stringMatching(/^removed/) as string,
    });
  });

  claim('G3b', async () => {
    const run = await drillOn('garbage');
    expect(notes(run)).toHaveLength(1);
    const env = oddServer(run.workspace, 'closes');
    const sweep = await command(run.workspace, ['sweep', '--sandbox', 'ssh'], env);
    const runId = run.report?.runId ?? '';
    expect(sweep).toMatchObject({
      status: 4,
      stdout: expect.stringContaining(`drill sweep --forget ${runId}`) as string,
    });
    const forgotten = await command(run.workspace, ['sweep', '--forget', runId], env);
    expect(forgotten).toMatchObject({ status: 0, stdout: expect.stringContaining(`forgot shop ${runId}`) as string });
    expect(notes(run)).toEqual([]);
    const again = await command(run.workspace, ['sweep', '--forget', runId], env);
    expect(again).toMatchObject({ status: 2, stderr: expect.stringContaining(`no run ${runId} is noted`) as string });
  });
});
