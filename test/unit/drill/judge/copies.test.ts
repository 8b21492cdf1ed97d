import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeCopies } from '../../../../src/drill/judge/copies.ts';
import { doesNotProve } from '../../../../src/drill/judge/does-not-prove.ts';
import type { CopyReport } from '../../../../src/report/copy.ts';
import type { DrillPlan } from '../../../../src/plan/drill-plan.ts';
import { earlierRuns } from '../../../../src/store/earlier-runs.ts';
import type { DrillReport } from '../../../../src/report/report.ts';
import { planOf, temporaryDirectory } from '../../../fixtures/plans.ts';
import { provenCopy, sampleCopy, sampleReport } from '../../../fixtures/sample-report.ts';

const NOW = '20261121T030000Z-3f9a';

const plan = (): DrillPlan => planOf('{ name: orders, source: { stanza: main, repo: 1 } }');

function put(reports: string, drill: string, runId: string, content: unknown): void {
  const folder = join(reports, drill, runId);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'report.json'), typeof content === 'string' ? content : JSON.stringify(content));
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
function secondCopy(reports: string, options: Record<string, string> = CONFIG): CopyReport | undefined {
  const copies = describeCopies(
    {
      runId: NOW,
      startedAt: new Date('2026-11-21T03:00:00Z'),
      plan: { ...plan(), reports },
      config: { entries: [], files: [], environment: new Map(Object.entries(options)) },
      ready: {
        repository: { key: 1 },
        cipher: 'none',
        backup: { label: '20261120-010000F' },
        database: { systemId: '7710468476883885069' },
      },
    },
    'passed',
    () => earlierRuns(reports, NOW),
  );
  expect(copies[0]).toMatchObject({ key: 1, thisRun: true, lastRunId: NOW, lastPassedBackup: '20261120-010000F' });
  return copies[1];
}

test('a failure after the last that passed takes the proof away, and one that had no answer does not hide it', () => {
  const reports = temporaryDirectory();
  put(reports, 'a', '20261101T030000Z-0001', pastReport('20261101T030000Z-0001', 'passed'));
  put(reports, 'b', '20261110T030000Z-0002', pastReport('20261110T030000Z-0002', 'failed'));
  expect(secondCopy(reports)).toMatchObject({
    lastVerdict: 'failed',
    lastRunId: '20261110T030000Z-0002',
    lastPassedRunId: '20261101T030000Z-0001',
    lastPassedAt: '2026-11-01T03:00:00.000Z',
  });
});

test.each<[string, Partial<DrillReport>]>([
  ['of another stanza', { source: { ...sampleReport().source, stanza: 'other' } }],
  ['of another cluster', { source: { ...sampleReport().source, postgres: { version: '17', systemId: '1' } } }],
  ['of a repository elsewhere', { copies: [provenCopy({ location: 'other-bucket/main' })] }],
  ['of a repository on another host', { copies: [provenCopy({ host: 'backup-1' })] }],
  ['of another repository', { copies: [provenCopy({ key: 3 })] }],
])('a run %s proves nothing', (_name, changes) => {
  const reports = temporaryDirectory();
  put(reports, 'a', '20261101T030000Z-0001', pastReport('20261101T030000Z-0001', 'passed', changes));
  expect(secondCopy(reports)).toMatchObject({ key: 2, lastVerdict: null, lastPassedAt: null });
});

test('a report of before the copies were named counts by the repository that it read', () => {
  const reports = temporaryDirectory();
  const { copies: _copies, ...old } = pastReport('20261101T030000Z-0001', 'passed');
  put(reports, 'a', '20261101T030000Z-0001', old);
  expect(secondCopy(reports)).toMatchObject({ lastPassedRunId: '20261101T030000Z-0001' });
});

test('what only looks like a report ends nothing, and hides no other', () => {
  const reports = temporaryDirectory();
  put(reports, 'a', '20261101T030000Z-0001', pastReport('20261101T030000Z-0001', 'passed'));
  put(reports, 'a', '20261102T030000Z-0002', '{"schemaVersion": 1');
  put(reports, 'a', '20261103T030000Z-0003', [1, 2]);
  put(reports, 'a', '20261104T030000Z-0004', { ...pastReport('x', 'failed'), schemaVersion: 2 });
  put(reports, 'a', 'not-a-run', pastReport('not-a-run', 'failed'));
  put(reports, 'a', '20261201T030000Z-0005', pastReport('20261201T030000Z-0005', 'failed'));
  mkdirSync(join(reports, 'a', '20261105T030000Z-0006', 'report.json'), { recursive: true });
  writeFileSync(join(reports, 'a-file'), '');
  expect([...earlierRuns(reports, NOW)].map(({ runId }) => runId)).toEqual(['20261101T030000Z-0001']);
  expect(secondCopy(reports)).toMatchObject({ lastVerdict: 'passed' });
  expect([...earlierRuns(join(reports, 'nowhere'), NOW)]).toEqual([]);
});

test('what is not proven is named, with its place and without a secret', () => {
  const reports = temporaryDirectory();
  const copy = secondCopy(reports, { ...CONFIG, 'repo2-s3-key': 'KEY', 'repo2-s3-key-secret': 'SECRET' });
  expect(JSON.stringify(copy)).not.toMatch(/KEY|SECRET/);
  const limits = doesNotProve({ plan: plan(), ready: null, restore: null, recovery: null }, copy ? [copy] : [], []);
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
    provenCopy({ thisRun: false, lastVerdict: 'failed', lastRunId: 'R2' }),
    /and run R2 has failed since/,
  ],
  ['that no drill has proven', sampleCopy(), /has not been proven by any drill/],
])('a copy %s', (_name, copy, wanted) => {
  const lines = doesNotProve({ plan: plan(), ready: null, restore: null, recovery: null }, [copy], []).filter((line) =>
    line.startsWith('Repository '),
  );
  expect(lines).toEqual([expect.stringMatching(wanted)]);
});

test('a copy that this run has proven has no limit of its own', () => {
  const lines = doesNotProve({ plan: plan(), ready: null, restore: null, recovery: null }, [provenCopy()], []);
  expect(lines.filter((line) => line.startsWith('Repository '))).toEqual([]);
});
