import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Ledger } from '../../../src/store/ledger/ledger.ts';
import { commandLine } from '../../fixtures/command-line.ts';
import { readExposition } from '../../fixtures/exposition.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';
import { sampleCopy, runEndedIn, sampleReport } from '../../fixtures/sample-report.ts';
import { recordRun, runIdOf } from '../../fixtures/signed-reports.ts';

const DAILY = '{ cron: "0 3 * * *", timezone: UTC }';

/** A directory with plans of drills that are due each day, and with their reports. */
function placeOf(plans: Readonly<Record<string, string>>, schedule: string | null = DAILY) {
  const root = temporaryDirectory();
  mkdirSync(join(root, 'drills'));
  for (const [name, more] of Object.entries(plans)) {
    const when = schedule === null ? '' : `schedule: ${schedule}`;
    const lines = [`name: ${name}`, more, when, 'reports: ../reports'];
    writeFileSync(join(root, 'drills', `${name}.yaml`), `${lines.join('\n')}\n`);
  }
  return {
    plans: Object.keys(plans).map((name) => join(root, 'drills', `${name}.yaml`)),
    reports: join(root, 'reports'),
    textfile: join(root, 'pgdrill.prom'),
  };
}

const PLAIN = 'source: { stanza: main }';
const now = (): string => new Date(Date.now() - 1000).toISOString();
const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();

/** The series that are 1, or have another value than 0, of a metric of the text. */
function series(text: string, metric: string): Record<string, number> {
  const found = readExposition(text).filter(({ name, value }) => name === metric && value !== 0);
  return Object.fromEntries(
    found.map(({ labels, value }) => {
      const others = Object.entries(labels).filter(([name]) => name !== 'drill' && name !== 'stanza');
      return [others.map(([, word]) => word).join(' '), value];
    }),
  );
}

test('a drill of a plan, by what is on record of it', async () => {
  const { plans, reports } = placeOf({ orders: PLAIN });
  await recordRun(reports, 0, { signer: null, startedAt: daysAgo(3) });
  const before = await commandLine(['metrics', ...plans]);
  expect(series(before.stdout, 'pgdrill_missed_total')).toEqual({ '': 2 });
  expect(series(before.stdout, 'pgdrill_overdue')).toEqual({ 'not-run': 1 });
  const startedAt = now();
  await recordRun(reports, 1, {
    signer: null,
    ...runEndedIn('restore'),
    drill: 'orders',
    runId: runIdOf(1),
    startedAt,
  });
  const { status, stdout, stderr } = await commandLine(['metrics', ...plans]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(series(stdout, 'pgdrill_verdict')).toEqual({ failed: 1 });
  expect(series(stdout, 'pgdrill_runs_total')).toEqual({ passed: 1, failed: 1 });
  expect(series(stdout, 'pgdrill_missed_total')).toEqual({ '': 2 });
  expect(series(stdout, 'pgdrill_overdue')).toEqual({ 'not-passed': 1 });
  expect(series(stdout, 'pgdrill_last_run_timestamp_seconds')).toEqual({ '': Date.parse(startedAt) / 1000 });
});

test('the repositories of a plan have series each; a run that came to none speaks for all', async () => {
  const { plans, reports } = placeOf({ orders: 'source: { stanza: main, repo: [1, 2] }' });
  const runs = [
    { copies: [sampleCopy({ key: 1, thisRun: true })], verdict: 'passed' },
    { copies: [sampleCopy({ key: 2, thisRun: true })], verdict: 'failed' },
  ] as const;
  for (const [index, { copies, verdict }] of runs.entries())
    await recordRun(reports, index, { signer: null, startedAt: daysAgo(3 - index), copies: [...copies], verdict });
  const before = await commandLine(['metrics', ...plans]);
  expect(series(before.stdout, 'pgdrill_verdict')).toEqual({ '1 passed': 1, '2 failed': 1 });
  expect(Object.keys(series(before.stdout, 'pgdrill_last_success_timestamp_seconds'))).toEqual(['1']);

  const nowhere = runEndedIn('preflight');
  await recordRun(reports, 2, {
    signer: null,
    ...nowhere,
    drill: 'orders',
    runId: runIdOf(2),
    startedAt: now(),
    copies: [],
    source: { ...nowhere.source, repo: null },
  });
  const after = await commandLine(['metrics', ...plans]);
  expect(series(after.stdout, 'pgdrill_verdict')).toEqual({ '1 failed': 1, '2 failed': 1 });
});

test('a run of another stanza does not speak for that of the plan', async () => {
  const { plans, reports } = placeOf({ orders: PLAIN });
  const { source } = sampleReport();
  await recordRun(reports, 0, {
    signer: null,
    startedAt: daysAgo(2),
    source: { ...source, stanza: 'main' },
    verdict: 'failed',
  });
  await recordRun(reports, 1, { signer: null, startedAt: daysAgo(1), source: { ...source, stanza: 'staging' } });
  const { stdout } = await commandLine(['metrics', ...plans]);
  expect(series(stdout, 'pgdrill_verdict')).toEqual({ failed: 1 });
  expect(series(stdout, 'pgdrill_last_success_timestamp_seconds')).toEqual({});
  expect(series(stdout, 'pgdrill_runs_total')).toEqual({ passed: 1, failed: 1 });
});

test.each(['monthly', null])(
  'a run that was killed is lost, and not passed as the one before it: schedule %s',
  async (schedule) => {
    const { plans, reports } = placeOf({ orders: PLAIN }, schedule);
    await recordRun(reports, 0, { signer: null, startedAt: daysAgo(1) });
    const run = { drill: 'orders', run: '20261129T030000Z-aaaa', number: 2, startedAt: now() };
    const about = { stanza: 'main', trigger: 'scheduled', user: 'root', host: 'vm' } as const;
    await new Ledger(reports).append(() => [{ kind: 'begun', ...run, ...about }]);
    const { stdout } = await commandLine(['metrics', ...plans]);
    expect(series(stdout, 'pgdrill_verdict')).toEqual({ lost: 1 });
    expect(series(stdout, 'pgdrill_rto_seconds')).toEqual({});
    expect(series(stdout, 'pgdrill_runs_total')).toEqual({ passed: 1, lost: 1 });
  },
);

test('what is missing from the record is counted', async () => {
  const { plans, reports } = placeOf({ orders: PLAIN });
  await recordRun(reports, 0, { signer: null, startedAt: now() });
  mkdirSync(join(reports, 'orders', '20261129T030000Z-beef'));
  appendFileSync(join(reports, 'ledger.jsonl'), 'no line\n');
  const { stdout } = await commandLine(['metrics', ...plans]);
  expect(series(stdout, 'pgdrill_unrecorded_runs')).toEqual({ '': 1 });
  expect(series(stdout, 'pgdrill_ledger_unreadable_lines')).toEqual({ '': 1 });
});

describe('a file for node_exporter', () => {
  test('holds what would be printed', async () => {
    const { plans, textfile } = placeOf({ orders: PLAIN, users: PLAIN });
    const { status, stdout } = await commandLine(['metrics', '--textfile', textfile, ...plans]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    const text = readFileSync(textfile, 'utf8');
    expect(text).toBe((await commandLine(['metrics', ...plans])).stdout);
    expect(readExposition(text).filter(({ name }) => name === 'pgdrill_drill_info')).toHaveLength(2);
  });

  test('has the other drills where a plan cannot be used, and says so', async () => {
    const { plans, textfile } = placeOf({ orders: PLAIN, broken: 'sources: {}' });
    const { status, stderr } = await commandLine(['metrics', '--textfile', textfile, ...plans]);
    expect(status).toBe(2);
    expect(stderr).toContain('broken.yaml');
    const text = readFileSync(textfile, 'utf8');
    expect(series(text, 'pgdrill_unusable_plans')).toEqual({ '': 1 });
    expect(text).toContain('pgdrill_drill_info{drill="orders"');
  });

  test('has one drill of a name', async () => {
    const { plans, textfile } = placeOf({ orders: PLAIN, again: PLAIN });
    const [, again = ''] = plans;
    writeFileSync(again, readFileSync(again, 'utf8').replace('name: again', 'name: orders'));
    const { status, stderr } = await commandLine(['metrics', '--textfile', textfile, ...plans]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/again\.yaml: the drill is named orders, as that of .*orders\.yaml/);
    expect(series(readFileSync(textfile, 'utf8'), 'pgdrill_unusable_plans')).toEqual({ '': 1 });
  });

  test('stays as it is where the ledger cannot be read', async () => {
    const { plans, reports, textfile } = placeOf({ orders: PLAIN });
    mkdirSync(join(reports, 'ledger.jsonl'), { recursive: true });
    const { status } = await commandLine(['metrics', '--textfile', textfile, ...plans]);
    expect(status).toBe(2);
    expect(existsSync(textfile)).toBe(false);
  });
});

test('a timer that has nothing to run writes the metrics all the same', async () => {
  const { plans, reports, textfile } = placeOf({ till: PLAIN });
  await recordRun(reports, 0, { drill: 'till', signer: null, startedAt: now() });
  const { status, stderr } = await commandLine(['run', '--scheduled', '--metrics', textfile, ...plans]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(series(readFileSync(textfile, 'utf8'), 'pgdrill_verdict')).toEqual({ passed: 1 });
  const link = await commandLine(['run', '--scheduled', '--metrics', `${textfile}.txt`, ...plans]);
  expect(link.status).toBe(0);
  expect(link.stderr).toContain('does not end in .prom');
});

test.each([
  [['--grace', 'soon'], 'no duration'],
  [['nowhere.yaml'], 'nowhere.yaml'],
  [['--openmetrics', '--textfile', 'x.prom'], 'cannot be used with'],
])('%j is refused', async (args, words) => {
  const { status, stderr } = await commandLine(['metrics', ...placeOf({ orders: PLAIN }).plans, ...args]);
  expect(status).toBe(2);
  expect(stderr).toContain(words);
});
