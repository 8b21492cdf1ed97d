import { expect, test } from 'vitest';
import { configuredCopies, describeCopies } from '../../../../src/drill/judge/copies.ts';
import { doesNotProve } from '../../../../src/drill/judge/does-not-prove.ts';
import { isProven, type CopyReport } from '../../../../src/report/copy.ts';
import type { DrillPlan } from '../../../../src/plan/drill-plan.ts';
import { endedEntry } from '../../../../src/store/ledger/entries.ts';
import { Ledger } from '../../../../src/store/ledger/ledger.ts';
import { RunStore } from '../../../../src/store/run-store.ts';
import type { DrillReport } from '../../../../src/report/report.ts';
import { planOf, temporaryDirectory } from '../../../fixtures/plans.ts';
import { provenCopy, sampleCopy, sampleReport } from '../../../fixtures/sample-report.ts';

const NOW = '20261121T030000Z-3f9a';

const plan = (): DrillPlan => planOf('{ name: orders, source: { stanza: main, repo: 1 } }');

/** Puts the end of a run on record. */
async function put(reports: string, drill: string, report: DrillReport): Promise<void> {
  const digests = { report: '0'.repeat(64), manifest: null, key: null };
  await new Ledger(reports).append((state) => [
    endedEntry({ ...report, drill }, { number: state.nextNumber(drill), recorded: 'adopted', ...digests }),
  ]);
}

/** A run that drilled repository 2 of the sample. */
function pastReport(runId: string, verdict: DrillReport['verdict'], changes: Partial<DrillReport> = {}): DrillReport {
  const startedAt = runId.replace(/^(....)(..)(..)T(..)(..)(..)Z.*/, '$1-$2-$3T$4:$5:$6.000Z');
  return sampleReport({ runId, verdict, startedAt, ...changes });
}

const CONFIG = {
  'repo1-path': '/r1',
  'repo2-type': 's3',
  'repo2-s3-bucket': 'backups',
  'repo2-path': '/main',
  'repo2-cipher-type': 'aes-256-cbc',
};

/** What a run of repository 1 that passed says of repository 2. */
async function secondCopy(reports: string, options: Record<string, string> = CONFIG): Promise<CopyReport | undefined> {
  const state = {
    runId: NOW,
    startedAt: new Date('2026-11-21T03:00:00Z'),
    plan: { ...plan(), reports },
    config: { entries: [], sections: [], files: [], environment: new Map(Object.entries(options)) },
    ready: {
      repository: { key: 1 },
      cipher: 'none',
      backup: { label: '20261120-010000F' },
      database: { systemId: '7710468476883885069' },
    },
  };
  const about = {
    stanza: 'main',
    systemId: state.ready.database.systemId,
    before: { runId: NOW, startedAt: state.startedAt.toISOString() },
  };
  const pasts = await new RunStore(reports).pastOf(configuredCopies(state), about);
  const copies = describeCopies(state, { verdict: 'passed', isFallback: false }, pasts);
  // Others may lean on the very set that failed.
  const [byFallback] = describeCopies(state, { verdict: 'passed', isFallback: true }, pasts);
  expect(byFallback).toMatchObject({ key: 1, thisRun: true, lastRunId: null, lastPassedRunId: null });
  expect(copies[0]).toMatchObject({ key: 1, thisRun: true, lastRunId: NOW, lastPassedBackup: '20261120-010000F' });
  return copies[1];
}

test('a failure after the last that passed takes the proof away, and one that had no answer does not hide it', async () => {
  const reports = temporaryDirectory();
  await put(reports, 'a', pastReport('20261101T030000Z-0001', 'passed'));
  await put(reports, 'b', pastReport('20261110T030000Z-0002', 'failed'));
  const failed = await secondCopy(reports);
  expect(failed).toMatchObject({
    lastVerdict: 'failed',
    lastRunId: '20261110T030000Z-0002',
    lastPassedRunId: '20261101T030000Z-0001',
    lastPassedAt: '2026-11-01T03:00:00.000Z',
    failedSinceRunId: '20261110T030000Z-0002',
  });
  expect(failed && isProven(failed)).toBe(false);
  await put(reports, 'b', pastReport('20261111T030000Z-0003', 'inconclusive'));
  const hidden = await secondCopy(reports);
  expect(hidden).toMatchObject({ lastVerdict: 'inconclusive', failedSinceRunId: '20261110T030000Z-0002' });
  expect(hidden && isProven(hidden)).toBe(false);
  await put(reports, 'b', pastReport('20261112T030000Z-0004', 'passed'));
  const again = await secondCopy(reports);
  expect(again).toMatchObject({ failedSinceRunId: null });
  expect(again && isProven(again)).toBe(true);
});

test.each<[string, Partial<DrillReport>]>([
  ['of another stanza', { source: { ...sampleReport().source, stanza: 'other' } }],
  ['of another cluster', { source: { ...sampleReport().source, postgres: { version: '17', systemId: '1' } } }],
  ['of a repository elsewhere', { copies: [provenCopy({ location: 'other-bucket/main' })] }],
  ['of a repository on another host', { copies: [provenCopy({ host: 'backup-1' })] }],
  ['of another repository', { copies: [provenCopy({ key: 3 })] }],
])('a run %s proves nothing', async (_name, changes) => {
  const reports = temporaryDirectory();
  await put(reports, 'a', pastReport('20261101T030000Z-0001', 'passed', changes));
  expect(await secondCopy(reports)).toMatchObject({ key: 2, lastVerdict: null, lastPassedAt: null });
});

test('a report of before the copies were named counts by the repository that it read', async () => {
  const reports = temporaryDirectory();
  await put(reports, 'a', { ...pastReport('20261101T030000Z-0001', 'passed'), copies: [] });
  expect(await secondCopy(reports)).toMatchObject({ lastPassedRunId: '20261101T030000Z-0001' });
});

test('a run that began later is none of those before', async () => {
  const reports = temporaryDirectory();
  await put(reports, 'a', pastReport('20261101T030000Z-0001', 'passed'));
  await put(reports, 'a', pastReport('20261201T030000Z-0005', 'failed'));
  expect(await secondCopy(reports)).toMatchObject({ lastVerdict: 'passed' });
});

test('what is not proven is named, with its place and without a secret', async () => {
  const reports = temporaryDirectory();
  const copy = await secondCopy(reports, { ...CONFIG, 'repo2-s3-key': 'KEY', 'repo2-s3-key-secret': 'SECRET' });
  expect(JSON.stringify(copy)).not.toMatch(/KEY|SECRET/);
  const limits = doesNotProve(
    { plan: plan(), ready: null, restore: null, recovery: null, integrity: [] },
    copy ? [copy] : [],
    [],
  );
  expect(limits).toContain('Repository 2 (s3, backups/main) has not been proven by any drill.');
});

test.each<[string, CopyReport, RegExp]>([
  [
    'that an earlier run has proven was not tested',
    provenCopy({ thisRun: false }),
    /not tested by this run; run .* prove/,
  ],
  [
    'that has failed since is named so',
    provenCopy({ thisRun: false, lastVerdict: 'failed', lastRunId: 'R2', failedSinceRunId: 'R2' }),
    /and run R2 has failed since/,
  ],
  ['that no drill has proven', sampleCopy(), /has not been proven by any drill/],
])('a copy %s', (_name, copy, wanted) => {
  const lines = doesNotProve(
    { plan: plan(), ready: null, restore: null, recovery: null, integrity: [] },
    [copy],
    [],
  ).filter((line) => line.startsWith('Repository '));
  expect(lines).toEqual([expect.stringMatching(wanted)]);
});

test('a copy that this run has proven has no limit of its own', () => {
  const lines = doesNotProve(
    { plan: plan(), ready: null, restore: null, recovery: null, integrity: [] },
    [provenCopy()],
    [],
  );
  expect(lines.filter((line) => line.startsWith('Repository '))).toEqual([]);
});
