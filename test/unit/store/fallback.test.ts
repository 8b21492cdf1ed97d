import { beforeEach, describe, expect, test } from 'vitest';
import { verifyReports } from '../../../src/evidence/verify/verify-reports.ts';
import { testResult } from '../../../src/evidence/statements/test-result.ts';
import { readSchedule } from '../../../src/schedule/schedule.ts';
import { missedDues, waitingSince } from '../../../src/schedule/missed.ts';
import { Ledger } from '../../../src/store/ledger/ledger.ts';
import { RunStore } from '../../../src/store/run-store.ts';
import { tallyOf } from '../../../src/store/tally.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';
import { sampleReport } from '../../fixtures/sample-report.ts';
import { recordRun, runIdOf } from '../../fixtures/signed-reports.ts';

const NOW = new Date('2026-11-02T00:00:00Z');
const sample = sampleReport();
const copy = sample.copies.find(({ thisRun }) => thisRun);
const about = { stanza: 'main', systemId: null, before: { runId: 'Z', startedAt: NOW.toISOString() } };

let reports = '';
let store = new RunStore('');

/** A run that passed, one that failed, and the fallback of that. */
async function record(verdict: 'passed' | 'failed'): Promise<void> {
  reports = temporaryDirectory();
  store = new RunStore(reports);
  await recordRun(reports, 0, { signer: null });
  await recordRun(reports, 1, { signer: null, verdict: 'failed' });
  await recordRun(reports, 2, { signer: null, verdict, fallbackOf: runIdOf(1) });
}

describe('a fallback that passed', () => {
  beforeEach(() => record('passed'));

  test('is no run of its drill for whoever asks what ran, what passed and what came last', () => {
    expect(store.lastOfDrill('orders', NOW)).toMatchObject({
      lastBegun: '2026-11-01T01:00:00.000Z',
      lastPassed: '2026-11-01T00:00:00.000Z',
    });
    expect(store.lastEnd('orders')).toMatchObject({ state: 'failed', run: runIdOf(1) });
    expect(store.find('latest', null)).toMatchObject({ runId: runIdOf(1), verdict: 'failed' });
    expect(store.lastPassedWith('orders', 'postgresql.log')).toMatchObject({ run: runIdOf(0) });
  });

  test('takes no turn of a schedule', () => {
    const schedule = readSchedule({ cron: '0 2 * * *', timezone: 'UTC' });
    const known = store.lastOfDrill('orders', NOW);
    const due = new Date('2026-11-01T02:30:00Z');
    expect(waitingSince(schedule, known, due)).toEqual(new Date('2026-11-01T02:00:00Z'));
    expect(missedDues(schedule, known, new Date('2026-11-03T03:00:00Z'))).toHaveLength(2);
  });

  test('is in no number of the metrics', () => {
    const tally = tallyOf(reports, { drill: 'orders', stanza: 'main', repositories: [null], now: NOW });
    expect(tally).toMatchObject({ runs: { passed: 1, failed: 1 }, unrecorded: 0 });
    expect(tally.last).toMatchObject([{ run: { run: runIdOf(1) }, passedAt: '2026-11-01T00:00:00.000Z' }]);
  });

  test('proves no copy and no turn of a rotation', async () => {
    if (!copy) throw new Error('a sample without a copy');
    const [past] = await store.pastOf([copy], about);
    expect(past).toMatchObject({ last: { runId: runIdOf(1) }, lastPassed: { runId: runIdOf(0) } });
    expect(await store.turnsOf(copy, about)).toMatchObject([{ lastPassedAt: '2026-11-01T00:00:00.000Z' }]);
    expect(await store.figuresBefore(sampleReport({ runId: 'Z', startedAt: NOW.toISOString() }), 9)).toHaveLength(1);
  });

  test('is on record, and found by its id', () => {
    const { runs, fallbacks, unrecorded } = store.history('orders');
    expect(runs.map(({ run }) => run)).toEqual([runIdOf(0), runIdOf(1)]);
    expect(fallbacks).toMatchObject([{ run: runIdOf(2), fallbackOf: runIdOf(1), number: 3 }]);
    expect(unrecorded).toEqual([]);
    expect(store.find(runIdOf(2), 'orders')).toMatchObject({ fallbackOf: runIdOf(1) });
    expect(verifyReports({ reports, runs: null, keys: null }).problems).toEqual([]);
  });

  test('is told by no statement as a test that passed without a word', () => {
    const digests = { report: '', manifest: '' };
    const said = (fallbackOf: string | null): unknown =>
      testResult({ report: sampleReport({ fallbackOf }), digests, ledger: null }).predicate;
    expect(said(null)).toMatchObject({ result: 'PASSED' });
    expect(said(runIdOf(1))).toMatchObject({ result: 'WARNED' });
  });
});

test('a fallback that failed speaks against the copy that it read', async () => {
  await record('failed');
  if (!copy) throw new Error('a sample without a copy');
  const [past] = await store.pastOf([copy], about);
  expect(past).toMatchObject({ last: { runId: runIdOf(2) }, lastFailed: { runId: runIdOf(2) } });
});

test('a fallback that is killed is no lost run of its drill', async () => {
  await record('passed');
  const [drill, run, number, startedAt] = ['orders', runIdOf(3), 4, '2026-11-01T03:00:00.000Z'] as const;
  const by = { stanza: 'main', trigger: 'on-demand', user: 'root', host: 'vm' } as const;
  const begun = { kind: 'begun', drill, run, number, startedAt, ...by } as const;
  await new Ledger(reports).append(() => [{ ...begun, fallbackOf: runIdOf(1) }]);
  expect(store.lastOfDrill('orders', NOW).openSince).toBeNull();
  await new Ledger(reports).append((state) => {
    // Another run must not begin beside it.
    expect(state.openRuns).toMatchObject([{ run }]);
    return [{ kind: 'lost', drill, run, number, startedAt }];
  });
  expect(tallyOf(reports, { drill, stanza: 'main', repositories: [null], now: NOW })).toMatchObject({
    runs: { passed: 1, failed: 1 },
    lastLost: null,
    unrecorded: 0,
  });
  expect(store.lastEnd('orders')).toMatchObject({ state: 'failed' });
});
