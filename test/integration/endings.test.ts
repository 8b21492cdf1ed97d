import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { processesOf } from '../../src/sandbox/processes.ts';
import { command, drill, leftovers, startDrill, workspace, writePlan, type Workspace } from '../fixtures/drill.ts';
import { HELD, letGo } from '../fixtures/held-check.ts';
import { killIfThere } from '../fixtures/kill-if-there.ts';
import { until, untilVerifying } from '../fixtures/until.ts';

/** Waits until a file of the run has come into being. */
async function untilThere(place: Workspace, pattern: string): Promise<void> {
  const found = (): string[] => globSync(pattern, { cwd: place.scratch });
  await until(`there is ${pattern}`, () => found().length > 0);
}

const HELD_CHECK = ['--check-sql', HELD];

const untilRestoring = (place: Workspace): Promise<void> => untilThere(place, '*/data/PG_VERSION');

function expectNothingLeft(place: Workspace): void {
  expect(leftovers(place)).toEqual([]);
  expect(processesOf(place.scratch)).toEqual([]);
}

describe('endings', () => {
  test.each([
    { signal: 'SIGINT' as const, status: 130, moment: 'the restore', reach: untilRestoring, reached: undefined },
    { signal: 'SIGTERM' as const, status: 143, moment: 'the restore', reach: untilRestoring, reached: undefined },
    { signal: 'SIGINT' as const, status: 130, moment: 'a check', reach: untilVerifying, reached: true },
  ])('$signal during $moment: cancelled, reported, nothing left', async ({ signal, status, reach, reached }) => {
    const place = workspace();
    const run = startDrill(place, HELD_CHECK);
    await reach(place);
    run.kill(signal);
    const ended = await run.finished;
    expect(ended).toMatchObject({ status, report: { verdict: 'cancelled' } });
    expect(ended.report?.recovery?.reached).toBe(reached);
    expect(ended.report?.rto.measuredMs === null).toBe(reached === undefined);
    expectNothingLeft(place);
    expect(readdirSync(ended.folder)).toContain('report.md');
  });

  test.each([
    { moment: 'the restore', reach: untilRestoring },
    { moment: 'a check', reach: untilVerifying },
  ])('kill -9 during $moment: no process lives on, and sweep removes what is left', async ({ reach }) => {
    const place = workspace();
    const run = startDrill(place, HELD_CHECK);
    await reach(place);
    run.kill('SIGKILL');
    await run.finished;
    expect(leftovers(place)).toHaveLength(1);
    const stranger = join(place.scratch, 'not-ours');
    mkdirSync(stranger);
    const swept = await command(place, ['sweep', '--scratch', place.scratch]);
    expect(swept.status).toBe(0);
    expect(leftovers(place)).toEqual(['not-ours']);
    expect(processesOf(place.scratch)).toEqual([]);
    expect(existsSync(stranger)).toBe(true);
    letGo(place);
    const next = await startDrill(place, HELD_CHECK).finished;
    expect(next.report?.record.number).toBe(2);
    const { stdout } = await command(place, ['history', '--json', '--reports', place.reports]);
    expect(JSON.parse(stdout)).toMatchObject({ runs: [{ number: 2 }], withoutReport: [{ number: 1, state: 'lost' }] });
  });

  test('kill -9 of a run without a fence: its server is gone as well', async () => {
    const place = workspace();
    const plan = join(place.root, 'unfenced.yaml');
    writeFileSync(plan, JSON.stringify({ name: 'unfenced', source: { stanza: 'shop' }, sandbox: { confine: 'off' } }));
    const run = startDrill(place, [plan, ...HELD_CHECK]);
    await untilVerifying(place);
    run.kill('SIGKILL');
    await run.finished;
    await until('its server is gone', () => processesOf(place.scratch).length === 0);
    expect((await command(place, ['sweep', '--scratch', place.scratch])).status).toBe(0);
    expectNothingLeft(place);
  });

  test('sweep leaves a run alone that is alive', async () => {
    const place = workspace();
    const run = startDrill(place, HELD_CHECK);
    await untilVerifying(place);
    const swept = await command(place, ['sweep', '--scratch', place.scratch]);
    expect(swept.stdout).toContain('still going on');
    letGo(place);
    expect(await run.finished).toMatchObject({ status: 0, report: { verdict: 'passed' } });
  });

  test('the second run of a drill at one time is busy and touches nothing', async () => {
    const place = workspace();
    const first = startDrill(place, HELD_CHECK);
    await untilVerifying(place);
    const second = await drill(place);
    expect(second).toMatchObject({ status: 5, report: null });
    expect(second.stderr).toContain('already running');
    letGo(place);
    expect(await first.finished).toMatchObject({ status: 0, report: { verdict: 'passed' } });
    expectNothingLeft(place);
  });

  test('a check that hangs is stopped after its timeout and fails the drill', async () => {
    const place = workspace();
    const checks = [
      { name: 'hangs in SQL', sql: 'select pg_sleep(600) is not null', timeout: '1s' },
      { name: 'hangs as a command', command: ['sleep', '600'], timeout: '1s' },
      { name: 'is asked all the same', sql: 'select true' },
    ];
    const run = await drill(place, writePlan(place, 'hang', { checks }));
    expect(run).toMatchObject({ status: 1, report: { verdict: 'failed' } });
    const statuses = run.report?.checks
      .filter(({ kind }) => kind === 'sql' || kind === 'command')
      .map(({ name, status }) => [name, status]);
    expect(statuses).toEqual([
      ['hangs in SQL', 'error'],
      ['hangs as a command', 'error'],
      ['is asked all the same', 'passed'],
    ]);
    expectNothingLeft(place);
  });

  test('PostgreSQL dying during a check is no pass', async () => {
    const place = workspace();
    const run = startDrill(place, HELD_CHECK);
    await untilVerifying(place);
    for (const { pid, argv } of processesOf(place.scratch)) if (argv[0]?.endsWith('/postgres')) killIfThere(pid);
    const ended = await run.finished;
    expect(ended.report?.verdict).toMatch(/failed|inconclusive/);
    expectNothingLeft(place);
  });

  test('--keep leaves the instance up, and sweep --run ends it', async () => {
    const place = workspace();
    const run = await drill(place, '--keep');
    expect(run).toMatchObject({ status: 0, report: { verdict: 'passed' } });
    const [root = ''] = leftovers(place);
    const psql = /psql -h (\S+) -p (\d+)/.exec(run.stderr + run.stdout);
    const [, host = '', port = ''] = psql ?? [];
    expect(
      execFileSync(
        'psql',
        ['-h', host, '-p', port, '-U', 'postgres', '-XAtc', 'select max(id) from marks', 'postgres'],
        { encoding: 'utf8' },
      ).trim(),
    ).toBe('6');
    const spared = await command(place, ['sweep', '--scratch', place.scratch]);
    expect(spared.status).toBe(0);
    expect(leftovers(place)).toEqual([root]);
    const swept = await command(place, ['sweep', '--scratch', place.scratch, '--run', run.report?.runId ?? '']);
    expect(swept.status).toBe(0);
    expectNothingLeft(place);
  });

  test('a check with broken SQL is an error that says where', async () => {
    const run = await drill(workspace(), '--check-sql', 'select * form marks');
    expect(run).toMatchObject({ status: 1, report: { verdict: 'failed' } });
    expect(run.report?.reasons.map(({ code }) => code)).toEqual(['check-error']);
    expect(run.report?.reasons[0]?.message).toContain('syntax error');
    expect(readFileSync(join(run.folder, 'report.md'), 'utf8')).toContain('syntax error');
  });
});
