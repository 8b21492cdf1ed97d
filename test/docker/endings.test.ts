import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import {
  drill,
  leftHere,
  leftovers,
  startDrill,
  sweepOf,
  temporaryIn,
  workspace,
  writePlan,
  type Workspace,
} from '../fixtures/drill.ts';
import { dockerLines } from '../fixtures/engine.ts';
import { HELD, letGo } from '../fixtures/held-check.ts';
import { sweepAlone } from '../fixtures/sweeping.ts';
import { until, untilRestored, untilVerifying } from '../fixtures/until.ts';

const golden = inject('golden');
/** Nothing but a check runs this: what pgdrill itself asks of a copy looks like any other query from outside. */
const SLOW_COMMAND = ['sleep', '61'];

/** The words of a drill that has a check which goes on for longer than any test. */
const slowCheck = (place: Workspace): string[] => [
  writePlan(place, 'slow', { name: place.name, checks: [{ name: 'slow', command: SLOW_COMMAND }] }),
];

/** The words of what runs in a container; none when it has just given way to the next one of the run. */
function processesIn(container: string): string {
  const script = 'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " "';
  return spawnSync('docker', ['exec', container, 'sh', '-c', script], { encoding: 'utf8' }).stdout;
}

/** Waits until the check of a drill runs in its instance. */
async function untilChecking(place: Workspace): Promise<string> {
  await untilVerifying(place);
  const container = /^container (pgdrill-\d.*)$/m.exec(leftovers(place).join('\n'))?.[1] ?? '';
  await until('the check runs', () => processesIn(container).includes(SLOW_COMMAND.join(' ')), 50);
  return container;
}

describe('endings in a container', () => {
  test.each([
    { signal: 'SIGINT' as const, status: 130, moment: 'the recovery', reach: untilRestored },
    { signal: 'SIGTERM' as const, status: 143, moment: 'a check', reach: untilChecking },
  ])('$signal during $moment: cancelled, reported, nothing left', async ({ signal, status, reach }) => {
    const place = workspace();
    const run = startDrill(place, slowCheck(place));
    await reach(place);
    run.kill(signal);
    const ended = await run.finished;
    expect(ended).toMatchObject({ status, report: { verdict: 'cancelled', cleanup: { done: true } } });
    expect(leftovers(place)).toEqual([]);
    expect(readdirSync(ended.folder)).toContain('report.md');
  });

  test.each([
    { moment: 'the recovery', reach: untilRestored },
    { moment: 'a check', reach: untilChecking },
  ])('kill -9 during $moment: nothing runs on, and sweep removes what is left', async ({ reach }) => {
    await sweepAlone();
    const place = workspace();
    const run = startDrill(place, slowCheck(place), temporaryIn(place));
    await reach(place);
    run.kill('SIGKILL');
    await run.finished;
    const running = (): string[] => dockerLines('ps', '--quiet', '--filter', `label=org.pgdrill.drill=${place.name}`);
    await until('nothing runs', () => running().length === 0, 50);
    expect(leftovers(place)).toHaveLength(3);
    expect(await sweepOf(place, '--dry-run')).toContain('would remove');
    expect(await sweepOf(place)).toContain('removed');
    expect(leftovers(place)).toEqual([]);
    expect(leftHere(place)).toEqual([]);
  });

  test('after kill -9 the next run of the drill goes through, and what was left before is still swept', async () => {
    await sweepAlone();
    const place = workspace();
    const killed = startDrill(place, slowCheck(place), temporaryIn(place));
    await untilRestored(place);
    killed.kill('SIGKILL');
    await killed.finished;
    expect(await drill(place)).toMatchObject({ status: 0, report: { verdict: 'passed' } });
    expect(await sweepOf(place)).toContain('removed');
    expect(leftovers(place)).toEqual([]);
  });

  test('sweep leaves a run alone that is alive, and the second run of its drill is busy', async () => {
    const place = workspace();
    const first = startDrill(place, ['--check-sql', HELD]);
    await untilVerifying(place);
    expect(await sweepOf(place)).toContain('still going on');
    const second = await drill(place);
    expect(second).toMatchObject({ status: 5, report: null });
    expect(second.stderr).toContain('already running');
    letGo(place);
    expect(await first.finished).toMatchObject({ status: 0, report: { verdict: 'passed' } });
    expect(leftovers(place)).toEqual([]);
  });

  test('a container that somebody removes makes the run inconclusive', async () => {
    const place = workspace();
    const run = startDrill(place, slowCheck(place));
    dockerLines('rm', '--force', await untilChecking(place));
    const ended = await run.finished;
    expect(ended).toMatchObject({ status: 3, report: { verdict: 'inconclusive' } });
    expect(ended.report?.reasons.map(({ code }) => code)).toEqual(['process-killed', 'check-skipped']);
    expect(leftovers(place)).toEqual([]);
  });

  test('too little memory is said to be that, and is no fault of the backup', async () => {
    const place = workspace();
    const settings = { shared_buffers: '200MB' };
    const eat = `select sum(length(repeat(md5(i::text), 3000000))) > 0 from generate_series(1, 3) i`;
    const plan = writePlan(place, 'small', {
      name: place.name,
      sandbox: { memory: '96MB', settings },
      checks: [{ name: 'eats memory', sql: eat }],
    });
    const run = await drill(place, plan);
    expect(run).toMatchObject({ status: 3, report: { verdict: 'inconclusive' } });
    expect(run.report?.reasons.map(({ code }) => code)).toEqual(['out-of-memory', 'check-skipped']);
    expect(run.report?.reasons[0]?.message).toContain('memory of 9');
    expect(leftovers(place)).toEqual([]);
  });

  test('--keep leaves the instance up without pgdrill, and sweep --run ends it', async () => {
    const place = workspace();
    const run = await drill(place, '--keep');
    expect(run).toMatchObject({ status: 0, report: { verdict: 'passed' } });
    const runId = run.report?.runId ?? '';
    onTestFinished(() => void dockerLines('rm', '--force', '--volumes', `pgdrill-${runId}`));
    const words = /connect {2}docker exec -it (.*)/.exec(run.stderr)?.[1]?.split(' ') ?? [];
    const marks = execFileSync('docker', ['exec', ...words, '-XAtc', 'select max(id) from marks'], {
      encoding: 'utf8',
    });
    expect(marks.trim()).toBe(String(golden.marks.length));
    expect(await sweepOf(place)).toContain('its instance was kept');
    expect(await sweepOf(place, '--run', runId)).toContain('removed');
    expect(leftovers(place)).toEqual([]);
  });
});
