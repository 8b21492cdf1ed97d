import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { processes, processesOf } from '../../src/sandbox/processes.ts';
import { reportSchema, type DrillReport } from '../../src/report/report.ts';
import { command, leftovers, startCommand, workspace, writePlan, type Workspace } from '../fixtures/drill.ts';
import { HELD } from '../fixtures/held-check.ts';
import { withScratchOf } from '../fixtures/small-scratch.ts';
import { textOf, until } from '../fixtures/until.ts';
import { globSync } from 'node:fs';

/** Puts plans into the directory where --all looks for them. */
function putPlans(place: Workspace, plans: Readonly<Record<string, object>>): void {
  mkdirSync(join(place.root, 'drills'), { recursive: true });
  for (const [name, plan] of Object.entries(plans)) {
    const source = { stanza: 'shop', config: place.config };
    const file = writePlan(place, name, { name, source, reports: place.reports, ...plan });
    renameSync(file, join(place.root, 'drills', `${name}.yaml`));
  }
}

const held = { checks: [{ name: 'held', sql: HELD }] };

interface Result {
  readonly exitStatus: number;
  readonly drills: readonly {
    drill: string;
    exitStatus: number;
    why: string | null;
    said: string;
    reports: DrillReport[];
  }[];
  readonly notRun: readonly { drill: string; why: string }[];
}

/** The one document that was printed. */
function resultOf(stdout: string): Result {
  expect(stdout.trim().split('\n')).toHaveLength(1);
  const result = JSON.parse(stdout) as Result;
  for (const { reports } of result.drills) for (const report of reports) reportSchema.parse(report);
  return result;
}

const all = (place: Workspace, ...args: string[]): string[] => ['run', '--all', '--scratch', place.scratch, ...args];

async function runsOf(place: Workspace): Promise<{ drill: string; verdict: string }[]> {
  const { stdout } = await command(place, ['history', '--json', '--all', '--reports', place.reports]);
  return (JSON.parse(stdout) as { runs: { drill: string; verdict: string }[] }).runs;
}

/** How many drills are at their checks. */
function verifying({ reports }: Workspace): number {
  const logs = globSync('*/*/pgdrill.log', { cwd: reports });
  return logs.filter((log) => textOf(join(reports, log)).includes('"phase":"verify"')).length;
}

function expectNothingLeft(place: Workspace): void {
  expect(leftovers(place)).toEqual([]);
  expect(processesOf(place.scratch)).toEqual([]);
}

test('every plan is run, whatever becomes of the others: one document, one scorecard, the worst status', async () => {
  const place = workspace();
  putPlans(place, {
    sound: {},
    broken: { checks: [{ name: 'never', sql: 'select false' }] },
    cramped: { sandbox: { reserve: '900TB' } },
  });
  writeFileSync(join(place.root, 'drills', 'typo.yaml'), 'name: typo\nsource: { stanze: shop }\n');
  const metrics = join(place.root, 'drills.prom');
  const { status, stdout } = await command(place, all(place, '--json', '--metrics', metrics));
  const { exitStatus, drills } = resultOf(stdout);
  expect({ status, exitStatus }).toEqual({ status: 1, exitStatus: 1 });
  expect(drills.map((one) => [one.drill, one.exitStatus, ...one.reports.map(({ verdict }) => verdict)])).toEqual([
    ['broken', 1, 'failed'],
    ['cramped', 3, 'inconclusive'],
    ['drills/typo.yaml', 2],
    ['sound', 0, 'passed'],
  ]);
  expect(drills[2]?.said).toContain('did you mean stanza?');
  expect((await runsOf(place)).map(({ drill }) => drill).toSorted()).toEqual(['broken', 'cramped', 'sound']);
  expect(readdirSync(join(place.reports, 'sound', drills[3]?.reports[0]?.runId ?? ''))).toContain('pgdrill.log');
  expectNothingLeft(place);

  expect(textOf(metrics)).toMatch(/^pgdrill_\w+\{.*drill="sound"/m);

  // The one that never passed is proven longest ago.
  const sample = await command(place, all(place, '--sample', '2'));
  expect(sample.status).toBe(1);
  expect(sample.stdout).toMatch(/^broken +failed .*never passed, last ran /m);
  expect(sample.stdout).toMatch(/^cramped +inconclusive .*never passed, last ran /m);
  expect(sample.stdout).toMatch(/^– sound: not in the sample: last passed /m);
  expect(sample.stdout).toContain('✗ broken: check-failed: ');
  expect(sample.stderr).toMatch(/^broken: run \S+, to the end of the archive$/m);
  expect(sample.stderr).toMatch(/^broken: ✓ Restore /m);

  const due = await command(place, all(place, '--scheduled', '--json'));
  expect(due.status).toBe(2);
  expect(resultOf(due.stdout).notRun.map(({ why }) => why)).toEqual(
    Array.from({ length: 3 }, () => 'its plan has no schedule'),
  );
});

test('every stanza of a configuration is drilled, by one plan as the pattern, those that are due', async () => {
  const place = workspace();
  const config = join(place.root, 'pgbackrest.conf');
  const golden = readFileSync(place.config, 'utf8');
  writeFileSync(config, `${golden}\n[billing]\npg1-path=/nowhere\n`, { mode: 0o644 });
  const pattern = writePlan(place, 'pattern', { schedule: 'daily', checks: [{ name: 'marks', sql: 'select true' }] });
  const words = [pattern, '--config', config, '--reports', place.reports, '--scheduled'];
  const first = await command(place, all(place, '--json', ...words));
  const { drills } = resultOf(first.stdout);
  expect(drills.map((one) => [one.drill, one.reports[0]?.source.stanza, one.reports[0]?.verdict])).toEqual([
    ['billing', 'billing', 'failed'],
    ['shop', 'shop', 'passed'],
  ]);
  expect(drills[1]?.reports[0]).toMatchObject({ trigger: { kind: 'scheduled' } });
  expect(first.status).toBe(1);
  const second = await command(place, all(place, ...words));
  expect(second).toMatchObject({ status: 0 });
  expect(second.stdout).toMatch(/^– shop: not due: it ran at /m);
});

describe('several at once', () => {
  test('where there is room for one at a time, one waits for the other', async () => {
    const place = workspace();
    putPlans(place, { one: {}, two: {} });
    const plan = ['plan', 'one', '--scratch', place.scratch, '--json'];
    const { disk } = JSON.parse((await command(place, plan)).stdout) as {
      disk: { neededBytes: number; reserveBytes: number };
    };
    const bytes = Math.round(disk.neededBytes * 1.8 + disk.reserveBytes);
    const run = startCommand(place, all(place, '--parallel', '2', '--json'), withScratchOf(place, bytes));
    const { status, stdout } = await run.ended;
    expect(status).toBe(0);
    const reports = resultOf(stdout).drills.flatMap((one) => one.reports);
    expect(reports.map(({ verdict }) => verdict)).toEqual(['passed', 'passed']);
    const [before, after] = reports.toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
    expect((before?.finishedAt ?? '') <= (after?.startedAt ?? '')).toBe(true);
  });

  test('Ctrl-C ends them all, and all is cleaned up and on record', async () => {
    const place = workspace();
    putPlans(place, { one: held, two: held, waits: held });
    const run = startCommand(place, all(place, '--parallel', '2', '--json'));
    await until('two drills are at their checks', () => verifying(place) === 2);
    run.kill('SIGINT');
    const { status, stdout } = await run.ended;
    expect(status).toBe(130);
    expect(resultOf(stdout).drills.map((one) => [one.drill, one.exitStatus, one.reports[0]?.verdict])).toEqual([
      ['one', 130, 'cancelled'],
      ['two', 130, 'cancelled'],
      ['waits', 130, undefined],
    ]);
    expectNothingLeft(place);
    expect((await runsOf(place)).map(({ verdict }) => verdict)).toEqual(['cancelled', 'cancelled']);
  });

  test('one whose process is killed stops no other, and sweep finds what it left', async () => {
    const place = workspace();
    putPlans(place, { killed: held, sound: { checks: [] } });
    const run = startCommand(place, all(place, '--parallel', '2', '--json'));
    await until('the one is at its checks', () => verifying(place) > 0 && childOf(place, 'killed') !== undefined);
    await until('the other has ended', () => globSync('sound/*/report.json', { cwd: place.reports }).length > 0);
    process.kill(childOf(place, 'killed') ?? 0, 'SIGKILL');
    const { status, stdout } = await run.ended;
    const { drills } = resultOf(stdout);
    expect(status).toBe(70);
    expect(drills.map((one) => [one.drill, one.exitStatus, one.reports[0]?.verdict])).toEqual([
      ['killed', 70, undefined],
      ['sound', 0, 'passed'],
    ]);
    expect(drills[0]?.said).toContain('was killed (SIGKILL)');
    expect((await command(place, ['sweep', '--scratch', place.scratch])).status).toBe(0);
    expectNothingLeft(place);
  });

  test('when the command itself is killed, its drills end and clean up', async () => {
    const place = workspace();
    putPlans(place, { one: held, two: held });
    const run = startCommand(place, all(place, '--parallel', '2'));
    await until('two drills are at their checks', () => verifying(place) === 2);
    run.kill('SIGKILL');
    await run.ended;
    await until('all of it is gone', () => childOf(place, 'one') === undefined && childOf(place, 'two') === undefined);
    expectNothingLeft(place);
    expect((await runsOf(place)).map(({ verdict }) => verdict)).toEqual(['cancelled', 'cancelled']);
  });
});

/** The process that runs the drill of a plan, while there is one. */
function childOf({ root }: Workspace, name: string): number | undefined {
  const found = processes().find(({ argv, cwd }) => cwd === root && argv.includes(`drills/${name}.yaml`));
  return found?.pid;
}

test.each([
  [['--keep'], '--keep has no meaning with --all'],
  [['--stanza', 'shop'], '--stanza has no meaning with --all'],
  [['--log-level', 'info'], '--log-level has no meaning with --all'],
  [['--parallel', '0'], '--parallel: "0" is no number of drills'],
  [['--sample', 'some'], '--sample: "some" is no number of drills'],
  [['one'], '--all runs every plan in drills/, so none is to be named'],
  [[], 'there is no plan in drills/'],
])('%j is refused', async (args, words) => {
  const refused = await command(workspace(), ['run', '--all', ...args]);
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain(words);
});

test('--sample and --parallel are for --all', async () => {
  const refused = await command(workspace(), ['run', '--stanza', 'shop', '--sample', '1']);
  expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('--sample goes with --all') as string });
});
