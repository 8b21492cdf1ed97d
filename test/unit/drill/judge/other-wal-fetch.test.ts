import { expect, test } from 'vitest';
import { otherWalFetch } from '../../../../src/drill/judge/other-wal-fetch.ts';
import type { DrillReport } from '../../../../src/report/report.ts';
import { sampleReport } from '../../../fixtures/sample-report.ts';

const now = sampleReport();
const recovery = now.recovery as NonNullable<DrillReport['recovery']>;

/** An earlier run that fetched its WAL ahead. */
function ahead(changes: Partial<DrillReport> = {}): DrillReport {
  return { ...now, runId: 'earlier', recovery: { ...recovery, walFetch: 'ahead' }, ...changes };
}

test('a run that fetched its WAL the other way is told beside this one', () => {
  const told = otherWalFetch(now, ahead());
  expect(told).toMatchObject({ walFetch: 'ahead', runId: 'earlier', walBytes: recovery.walBytes });
  expect(otherWalFetch(ahead(), now)).toMatchObject({ walFetch: 'as-configured' });
});

test.each([
  ['none', null],
  ['the same way', now],
  ['a report that does not say the way', ahead({ recovery: { ...recovery, walFetch: null } })],
  ['much more WAL', ahead({ recovery: { ...recovery, walFetch: 'ahead', walBytes: (recovery.walBytes ?? 0) * 1.3 } })],
  ['other processes of the restore', ahead({ sandbox: { ...now.sandbox, processMax: 99 } })],
  ['one that did not pass', ahead({ verdict: 'failed' })],
])('nothing is told of %s', (_, other) => {
  expect(otherWalFetch(now, other)).toBeNull();
});
