import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dueUntil } from '../../../src/schedule/due.ts';
import { readSchedule } from '../../../src/schedule/schedule.ts';
import type { DrillReport } from '../../../src/report/report.ts';
import { checkChain } from '../../../src/store/ledger/chain.ts';
import { RunStore } from '../../../src/store/run-store.ts';
import { commandLine } from '../../fixtures/command-line.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';
import { sampleCopy } from '../../fixtures/sample-report.ts';
import { recordRun, runIdOf } from '../../fixtures/signed-reports.ts';

const daily = readSchedule({ cron: '0 3 * * *', timezone: 'UTC' });

/** When the daily drill was due, so many days ago. */
function dueDaysAgo(days: number): Date {
  return dueUntil(daily, new Date(Date.now() - days * 86_400_000 - 2 * 3_600_000)) ?? new Date(0);
}

/** A run that began a little late, when the daily drill was due so many days ago. */
function at(days: number): string {
  return new Date(dueDaysAgo(days).getTime() + 4000).toISOString();
}

/** Plans of drills, in a directory of their own with its reports. */
function plansOf(...names: string[]): { readonly plans: string[]; readonly reports: string } {
  const root = temporaryDirectory();
  mkdirSync(join(root, 'drills'));
  const plans = names.map((name) => {
    const file = join(root, 'drills', `${name}.yaml`);
    const schedule = 'schedule: { cron: "0 3 * * *", timezone: UTC }';
    writeFileSync(file, `name: ${name}\nsource: { stanza: main }\n${schedule}\nreports: ../reports\n`);
    return file;
  });
  return { plans, reports: join(root, 'reports') };
}

test('drills that ran in time, that were not run, that keep failing, and that never ran', async () => {
  const { plans, reports } = plansOf('fine', 'idle', 'broken', 'new');
  await recordRun(reports, 0, { drill: 'fine', signer: null, startedAt: at(0) });
  await recordRun(reports, 1, { drill: 'idle', signer: null, startedAt: at(5) });
  await recordRun(reports, 2, { drill: 'broken', signer: null, startedAt: at(1) });
  await recordRun(reports, 3, { drill: 'broken', signer: null, startedAt: at(0), verdict: 'failed' });
  const { status, stdout, stderr } = await commandLine(['overdue', ...plans]);
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  expect(stdout).toMatch(/^fine .*✓ in time$/m);
  expect(stdout).toMatch(/^idle .*✗ has not run since /m);
  expect(stdout).toMatch(/^broken .*✗ has not passed since /m);
  expect(stdout).toMatch(/^new .* never .*✗ has never run/m);

  const lines = () => checkChain(readFileSync(join(reports, 'ledger.jsonl'), 'utf8'));
  const missed = () => lines().lines.flatMap((line) => (line.kind === 'missed' ? [line] : []));
  // The last time at which it was due can still be caught up.
  expect(missed()).toMatchObject([
    {
      drill: 'idle',
      dueAt: [4, 3, 2, 1].map((days) => dueDaysAgo(days).toISOString()),
      schedule: '0 3 * * * UTC',
    },
  ]);
  await commandLine(['overdue', ...plans]);
  expect(missed()).toHaveLength(1);
  expect(lines().faults).toEqual([]);
  const history = await commandLine(['history', '--reports', reports]);
  expect(history.stdout).toContain('missed 4 times');
});

/** A run of a repository: the one that its report says was drilled. */
function ofRepository(key: number): Pick<DrillReport, 'copies'> {
  return { copies: [1, 2].map((one) => ({ ...sampleCopy(), key: one, thisRun: one === key })) };
}

test('a drill that goes to two repositories has passed when both have', async () => {
  const { plans, reports } = plansOf('orders');
  const [plan = ''] = plans;
  writeFileSync(plan, readFileSync(plan, 'utf8').replace('stanza: main', 'stanza: main, repo: [1, 2]'));
  await recordRun(reports, 0, { signer: null, startedAt: at(1), ...ofRepository(2) });
  await recordRun(reports, 1, { signer: null, startedAt: at(0), ...ofRepository(1) });
  await recordRun(reports, 2, { signer: null, startedAt: at(0), verdict: 'failed', ...ofRepository(2) });
  const failing = await commandLine(['overdue', plan]);
  expect(failing.stdout).toMatch(/^orders .*✗ has not passed since /m);
  expect(failing.status).toBe(1);
  await recordRun(reports, 3, { signer: null, startedAt: at(0), ...ofRepository(2) });
  expect((await commandLine(['overdue', plan])).status).toBe(0);
});

test('what ran by a clock that was wrong by years is no run, for whoever asks', async () => {
  const { plans, reports } = plansOf('orders');
  await recordRun(reports, 0, { signer: null, startedAt: at(2) });
  await recordRun(reports, 1, { signer: null, startedAt: '2086-01-01T03:00:04.000Z' });
  const { status, stdout } = await commandLine(['overdue', ...plans]);
  expect(stdout).toMatch(/^orders .*✗ has not run since /m);
  expect(status).toBe(1);
  const { lines } = checkChain(readFileSync(join(reports, 'ledger.jsonl'), 'utf8'));
  expect(lines.filter(({ kind }) => kind === 'missed')).toMatchObject([{ dueAt: [dueDaysAgo(1).toISOString()] }]);
});

test('a run that began longer ago than its plan lets it run is under way no more', async () => {
  const { plans, reports } = plansOf('orders');
  const [plan = ''] = plans;
  writeFileSync(plan, `${readFileSync(plan, 'utf8')}deadline: 1s\n`);
  await recordRun(reports, 0, { signer: null, startedAt: at(1) });
  const startedAt = dueDaysAgo(0);
  const about = { stanza: 'main', trigger: 'scheduled', user: 'root', host: 'vm', schedule: null } as const;
  const beginning = { drill: 'orders', runId: runIdOf(1), startedAt, onlyIfDue: false, fallbackOf: null, ...about };
  // This process holds the lock of the run: it hangs.
  await new RunStore(reports).folder(beginning).begin();
  const { status, stdout } = await commandLine(['overdue', plan]);
  expect(stdout).toMatch(/^orders .*✗ has not passed since /m);
  expect(status).toBe(1);
});

test('two plans that give one name to their drills are no one drill', async () => {
  const [one, other] = [plansOf('orders'), plansOf('orders')];
  await recordRun(one.reports, 0, { signer: null, startedAt: at(0) });
  const { status, stderr } = await commandLine(['overdue', ...other.plans, ...one.plans]);
  expect(stderr).toContain('the drill is named orders, as that of ');
  expect(status).toBe(2);
});

test('as JSON, and 0 where nothing is overdue', async () => {
  const { plans, reports } = plansOf('fine');
  await recordRun(reports, 0, { drill: 'fine', signer: null, startedAt: new Date(Date.now() - 1000).toISOString() });
  const { status, stdout } = await commandLine(['overdue', '--json', ...plans]);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ drills: [{ drill: 'fine', alarm: null, schedule: '0 3 * * * UTC' }] });
});

test('a drill that ran since it was due is not run by a timer', async () => {
  const { plans, reports } = plansOf('fine');
  await recordRun(reports, 0, { drill: 'fine', signer: null, startedAt: new Date(Date.now() - 1000).toISOString() });
  const { status, stdout } = await commandLine(['run', '--scheduled', ...plans]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^fine is not due: it ran at .*, and is due at .*T03:00:00\.000Z$/m);
});

test.each([
  [['--grace', 'soon'], 'no duration'],
  [['--grace', '999999999999d'], 'more than a year late'],
  [['nowhere.yaml'], 'nowhere.yaml'],
])('%j is refused', async (args, words) => {
  const { status, stderr } = await commandLine(['overdue', ...plansOf('fine').plans, ...args]);
  expect(status).toBe(2);
  expect(stderr).toContain(words);
});
