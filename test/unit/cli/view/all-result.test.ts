import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../../src/cli/all/one-drill.ts';
import { allResultText, type AllResult } from '../../../../src/cli/view/all-result.ts';
import { widthOf } from '../../../../src/cli/view/table.ts';
import { sampleReport } from '../../../fixtures/sample-report.ts';

const outcome = (drill: string, differences: Partial<Outcome> = {}): Outcome => ({
  drill,
  from: `drills/${drill}.yaml`,
  why: null,
  exitStatus: 0,
  reports: [sampleReport({ drill })],
  reportsDirectory: '/reports',
  said: '',
  ...differences,
});

const FAILED = sampleReport({
  drill: 'billing',
  verdict: 'failed',
  reasons: [
    { code: 'cleanup-failed', message: 'something stayed', phase: 'cleanup', hint: null },
    { code: 'wal-missing', message: 'a segment is missing', phase: 'preflight', hint: 'look for it' },
  ],
});

const result = (drills: Outcome[], differences: Partial<AllResult> = {}): AllResult => ({
  startedAt: '2026-11-21T03:00:00.000Z',
  finishedAt: '2026-11-21T04:00:00.000Z',
  exitStatus: 1,
  drills,
  notRun: [],
  ...differences,
});

const ALL = result(
  [
    outcome('billing', { exitStatus: 1, reports: [FAILED] }),
    outcome('orders'),
    outcome('typo', { exitStatus: 2, reports: [], said: 'drill: the plan has one problem\n  source: is needed\n' }),
  ],
  { notRun: [{ drill: 'idle', why: 'its plan has no schedule' }] },
);

describe('the scorecard', () => {
  test('has a line a drill, why one did not pass, and what to do next', () => {
    const text = allResultText(ALL);
    expect(text).toMatch(/^DRILL +VERDICT +REPO +BACKUP +TARGET +RTO +RPO$/m);
    expect(text).toMatch(/^billing +failed +2 /m);
    expect(text).toMatch(/^orders +passed +2 /m);
    expect(text).toMatch(/^typo +no run \(exit status 2\) /m);
    expect(text).toContain(
      '✗ billing: wal-missing: a segment is missing\n  next    look for it\n  report  /reports/billing/',
    );
    expect(text).toContain('✗ typo\n  drill: the plan has one problem\n    source: is needed\n');
    expect(text).toContain('– idle: its plan has no schedule\n');
    expect(text.endsWith('3 drills: 1 passed, 1 failed, 1 without a run; exit status 1\n')).toBe(true);
  });

  test('says of a sample why each is in it', () => {
    const text = allResultText(result([outcome('orders', { why: 'never ran' })]));
    expect(text).toMatch(/ WHY\n.* never ran\n/);
  });

  test('fits a terminal of 80 columns', () => {
    expect(widthOf(allResultText(ALL, undefined, 80))).toBeLessThanOrEqual(80);
    expect(allResultText(ALL, undefined, 80)).toMatch(/^billing +failed /m);
  });

  test('of nothing says so', () => {
    expect(allResultText(result([], { exitStatus: 0 }))).toBe('0 drills; exit status 0\n');
  });
});
