import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import {
  command,
  drill,
  leftHere,
  startDrill,
  sweepOf,
  temporaryIn,
  workspace,
  writePlan,
  type Workspace,
} from '../fixtures/drill.ts';
import { dockerLines } from '../fixtures/engine.ts';
import { leftOnServer, startServer, type TestServer } from '../fixtures/ssh-server.ts';
import { HELD, letGo } from '../fixtures/held-check.ts';
import { until } from '../fixtures/until.ts';
import { intentOf, intents, moments, processesOn } from './moments.ts';

const golden = inject('golden');
let server: TestServer;
const SLOW_CHECK = ['--check-sql', 'select true', '--check-sql', 'select pg_sleep(600) is not null'];
const PATIENT = { grace: '60s' };

const planOf = (place: Workspace, sandbox: Readonly<Record<string, unknown>> = {}): string =>
  writePlan(place, 'drill', { name: place.name, sandbox: { ...server.sandbox, ...sandbox } });

const leftovers = (place: Workspace): string[] => leftOnServer(server, place.name);

// A server of its own: what is killed here is nobody else's.
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.remove());

describe('endings on a server', () => {
  test.each([
    { signal: 'SIGINT' as const, status: 130, moment: 'restore' as const },
    { signal: 'SIGINT' as const, status: 130, moment: 'recovery' as const },
    { signal: 'SIGTERM' as const, status: 143, moment: 'check' as const },
  ])('$signal during the $moment: cancelled, reported, nothing left', async ({ signal, status, moment }) => {
    const place = workspace();
    const run = startDrill(place, [planOf(place), ...SLOW_CHECK]);
    await moments[moment](place);
    run.kill(signal);
    const ended = await run.finished;
    expect(ended).toMatchObject({ status, report: { verdict: 'cancelled', cleanup: { done: true } } });
    expect(leftovers(place)).toEqual([]);
    expect(readdirSync(ended.folder)).toContain('report.md');
    expect(await sweepOf(place)).toBe('');
  });

  test('SIGINT after the supervisor has started and before its answer is here: it is ended all the same', async () => {
    const place = workspace();
    // The first answer never comes.
    const script =
      '[ -e /srv/muted ] || { touch /srv/muted; echo pgdrill:ready; exec /usr/bin/perl "$@" >/dev/null; }; exec /usr/bin/perl "$@"';
    server.sh(`printf '%s' '#!/bin/sh\n${script}\n' >/usr/local/bin/perl; chmod +x /usr/local/bin/perl`);
    onTestFinished(() => void server.sh('rm -f /usr/local/bin/perl /srv/muted'));
    const run = startDrill(place, [planOf(place, PATIENT)]);
    await moments.reached(() => leftovers(place).join());
    run.kill('SIGINT');
    expect((await run.finished).status).toBe(130);
    expect(leftovers(place)).toEqual([]);
    expect(await sweepOf(place)).toBe('');
  });

  test.each(['preflight', 'restore', 'recovery', 'check'] as const)(
    'kill -9 during the %s: sweep ends what is left, at once',
    async (moment) => {
      const place = workspace();
      const run = startDrill(place, [planOf(place, PATIENT), ...SLOW_CHECK], temporaryIn(place));
      await moments[moment](place);
      run.kill('SIGKILL');
      await run.finished;
      expect(await sweepOf(place, '--dry-run')).toContain('would remove');
      expect(await sweepOf(place)).toContain('removed');
      expect(leftovers(place)).toEqual([]);
      expect(leftHere(place)).toEqual([]);
      expect(processesOn(server)).not.toContain('postgres');
      expect(await sweepOf(place)).toBe('');
    },
  );

  test('kill -9, and nobody sweeps: the server cleans itself up after the grace', async () => {
    const place = workspace();
    const run = startDrill(place, [planOf(place, { grace: '5s' }), ...SLOW_CHECK]);
    await moments.check(place);
    expect(leftovers(place)).not.toEqual([]);
    run.kill('SIGKILL');
    await run.finished;
    await until('nothing is left', () => leftovers(place).length === 0, 100);
    expect(await sweepOf(place)).toContain('removed');
  });

  test('a supervisor that is killed takes the instance with it, and the run is inconclusive', async () => {
    const place = workspace();
    const run = startDrill(place, [planOf(place, PATIENT), ...SLOW_CHECK]);
    await moments.check(place);
    server.sh(`kill -9 "$(cat /var/lib/pgdrill/*/alive)"`);
    const ended = await run.finished;
    expect(ended).toMatchObject({ status: 3, report: { verdict: 'inconclusive', cleanup: { done: true } } });
    expect(ended.report?.reasons.map(({ code }) => code)).toEqual(['connection-lost', 'check-skipped']);
    expect(ended.report?.reasons[0]?.message).toContain('supervisor');
    expect(processesOn(server)).not.toContain('postgres');
    expect(leftovers(place)).toEqual([]);
    expect(await sweepOf(place)).toBe('');
  });

  test('sweep leaves a run alone that is alive, and the second run of its drill is busy', async () => {
    const place = workspace();
    const first = startDrill(place, [planOf(place), '--check-sql', 'select true', '--check-sql', HELD]);
    await moments.check(place);
    expect(await sweepOf(place)).toContain('still going on');
    const second = await drill(place, planOf(place));
    expect(second).toMatchObject({ status: 5, report: null });
    expect(second.stderr).toContain('already running');
    letGo(place, server);
    expect(await first.finished).toMatchObject({ status: 0, report: { verdict: 'passed' } });
    expect(leftovers(place)).toEqual([]);
  });

  test('--keep leaves the instance up without pgdrill, and sweep --run ends it', async () => {
    const place = workspace();
    const run = await drill(place, planOf(place, { grace: '5s' }), '--keep');
    expect(run).toMatchObject({ status: 0, report: { verdict: 'passed' } });
    const runId = run.report?.runId ?? '';
    onTestFinished(() => void command(place, ['sweep', '--run', runId]));
    await delay(6000);
    const connect = /connect {2}(.*)/.exec(run.stderr)?.[1] ?? '';
    const words = `${connect.replace('RequestTTY=force', 'RequestTTY=no')} -XAtc 'select max(id) from marks'`;
    const marks = execFileSync('sh', ['-c', words.replace(/ -XAtc '(.*)'$/, ` -XAtc '"$1"'`)], { encoding: 'utf8' });
    expect(marks.trim()).toBe(String(golden.marks.length));
    expect(await sweepOf(place)).toContain('its instance was kept');
    expect(await sweepOf(place, '--run', runId)).toContain('removed');
    expect(leftovers(place)).toEqual([]);
  });

  test('--reuse keeps the data on the server for the next run, which restores what has changed', async () => {
    const place = workspace();
    const plan = planOf(place, { reuse: true });
    expect(await drill(place, plan)).toMatchObject({ status: 0, report: { restore: { start: 'empty' } } });
    expect(leftovers(place)).toHaveLength(1);
    expect(await drill(place, plan)).toMatchObject({ status: 0, report: { restore: { start: 'delta' } } });
    expect(await sweepOf(place)).toContain('its data is kept');
    // A plan that has moved on does not make the data at its old place forgotten.
    const moved = planOf(place, { reuse: true, scratch: '/srv/moved' });
    expect(await drill(place, moved)).toMatchObject({ status: 0, report: { restore: { start: 'empty' } } });
    expect((await sweepOf(place)).match(/its data is kept/g)).toHaveLength(2);
    expect((await sweepOf(place, '--kept')).match(/removed/g)).toHaveLength(2);
    expect(leftovers(place)).toEqual([]);
    expect(server.sh('ls /srv/moved')).toBe('locks\n');
  });

  test('what is written down of one run and not understood does not keep sweep from the others', async () => {
    const place = workspace();
    const run = startDrill(place, [planOf(place, PATIENT), ...SLOW_CHECK]);
    await moments.preflight(place);
    run.kill('SIGKILL');
    await run.finished;
    const { file = '', text = '' } = intentOf(place) ?? {};
    const strange = join(dirname(file), '00000000T000000Z-0000.json');
    const record = {
      ...JSON.parse(text),
      runId: 'strange',
      sandbox: { kind: 'unknown' },
    } as object;
    writeFileSync(strange, JSON.stringify(record));
    onTestFinished(() => rmSync(strange));
    const broken = join(dirname(file), '00000000T000000Z-0001.json');
    writeFileSync(broken, '{ "marker": "pgdrill-ser');
    onTestFinished(() => rmSync(broken));
    const swept = await command(place, ['sweep', '--sandbox', 'ssh']);
    expect(swept.status).toBe(4);
    expect(swept.stdout).toMatch(/could not remove .*0001\.json.* cannot be read/);
    expect(swept.stdout).toMatch(/could not remove \S+ strange .*MAY STILL BE THERE/);
    expect(swept.stdout).toContain(`removed ${place.name}`);
    expect(leftovers(place)).toEqual([]);
  });

  test('two drills at once on one server do not meet', async () => {
    const places = [workspace(), workspace()];
    const runs = await Promise.all(places.map((place) => drill(place, planOf(place))));
    for (const run of runs) expect(run).toMatchObject({ status: 0, report: { verdict: 'passed' } });
    expect(places.flatMap(leftovers)).toEqual([]);
    expect(intents().filter((name) => runs.some(({ report }) => name.includes(report?.runId ?? '')))).toEqual([]);
  });
});

test('a server that is restarted in the middle of a run: inconclusive, and what it was doing is removed', async () => {
  const network = `pgdrill-test-${randomBytes(4).toString('hex')}`;
  dockerLines('network', 'create', '--subnet=10.213.77.0/24', network);
  onTestFinished(() => void dockerLines('network', 'rm', network));
  // As on any machine, what is in /run does not survive.
  const more = [`--network=${network}`, '--ip=10.213.77.7', '--tmpfs=/run/pgdrill:exec,mode=755'];
  const restarted = await startServer({ more });
  onTestFinished(() => restarted.remove());
  const place = workspace();
  const plan = writePlan(place, 'drill', { name: place.name, sandbox: { ...restarted.sandbox, ...PATIENT } });
  const run = startDrill(place, [plan, ...SLOW_CHECK]);
  await moments.check(place);
  dockerLines('restart', '--time=0', restarted.name);
  restarted.sh('/usr/sbin/sshd');
  const ended = await run.finished;
  expect(ended).toMatchObject({ status: 3, report: { verdict: 'inconclusive', cleanup: { done: true } } });
  expect(ended.report?.reasons.map(({ code }) => code)).toEqual(['connection-lost', 'check-skipped']);
  expect(leftOnServer(restarted, place.name)).toEqual([]);
  expect(await sweepOf(place)).toBe('');
});
