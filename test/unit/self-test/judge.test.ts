import { expect, test } from 'vitest';
import { outcomeOf as meaningOf } from '../../../src/core/reason-codes.ts';
import { DrillError } from '../../../src/core/errors.ts';
import type { DrillReport } from '../../../src/report/report.ts';
import type { ControlResult, FaultResult } from '../../../src/self-test/document.ts';
import type { Drilled } from '../../../src/trial-run/drill-on.ts';
import type { MadeFault } from '../../../src/self-test/fault.ts';
import { FAULTS } from '../../../src/self-test/faults.ts';
import { judgeFault, outcomeOf } from '../../../src/self-test/judge.ts';
import { sampleReport } from '../../fixtures/sample-report.ts';

function drilled(verdict: DrillReport['verdict'], ...codes: string[]): Drilled {
  const reasons = codes.map((code) => ({ code, message: 'why', phase: null, hint: null }));
  return { report: sampleReport({ verdict, reasons }), refused: null };
}

const refused: Drilled = { report: null, refused: new DrillError('plan-invalid', 'the plan is not usable') };

test.each<[string, Drilled, MadeFault, string]>([
  ['it failed for the fault', drilled('failed', 'wal-missing'), {}, 'caught'],
  ['it failed for the fault and more', drilled('failed', 'rto-missed', 'wal-missing'), {}, 'caught'],
  ['it passed', drilled('passed'), {}, 'missed'],
  ['it passed, with a warning of the same code', drilled('passed', 'wal-missing'), {}, 'missed'],
  ['it failed for something else', drilled('failed', 'check-failed'), {}, 'not-shown'],
  ['it was inconclusive', drilled('inconclusive', 'disk-full'), {}, 'not-shown'],
  ['it was inconclusive, with that code beside', drilled('inconclusive', 'disk-full', 'wal-missing'), {}, 'not-shown'],
  ['it was cancelled', drilled('cancelled', 'wal-missing'), {}, 'not-shown'],
  ['it was refused', refused, {}, 'not-shown'],
  ['it failed before the fault was made', drilled('failed', 'wal-missing'), { wasDone: () => false }, 'not-shown'],
  ['it passed before the fault was made', drilled('passed'), { wasDone: () => false }, 'not-shown'],
  ['it failed elsewhere', drilled('failed', 'wal-missing'), { isSeen: () => false }, 'not-shown'],
])('%s', (_, run, made, result) => {
  const judged = judgeFault({ codes: ['wal-missing'] }, made, run);
  expect(judged.result).toBe(result);
  expect(judged.why === null).toBe(result === 'caught');
});

const control = (verdict: DrillReport['verdict'] | null): ControlResult => ({
  repository: 'own',
  verdict,
  codes: [],
  why: null,
  durationMs: 1,
});

const fault = (result: FaultResult['result']): FaultResult => ({
  fault: 'one',
  does: 'it is made',
  blames: 'pgdrill',
  repository: 'own',
  result,
  expected: [],
  verdict: null,
  codes: [],
  why: null,
  remark: null,
  durationMs: 1,
});

test.each([
  ['passed', [control('passed')], [fault('caught'), fault('caught')], false],
  ['failed', [control('passed')], [fault('caught'), fault('missed')], false],
  ['failed', [control('passed')], [fault('not-shown'), fault('missed')], false],
  ['failed', [control('passed')], [fault('missed')], true],
  ['inconclusive', [control('passed')], [fault('caught'), fault('not-shown')], false],
  ['inconclusive', [control('failed')], [fault('caught')], false],
  ['inconclusive', [control('passed'), control(null)], [fault('caught')], false],
  ['inconclusive', [], [fault('caught')], false],
  ['inconclusive', [control('passed')], [], false],
  ['cancelled', [control('passed')], [fault('caught')], true],
] as const)('%s', (outcome, controls, faults, isCancelled) => {
  expect(outcomeOf({ controls: [...controls], faults: [...faults] }, isCancelled)).toBe(outcome);
});

test('every fault has to fail a drill, by a code that fails drills', () => {
  for (const { codes } of Object.values(FAULTS)) {
    expect(codes.length).toBeGreaterThan(0);
    expect(codes.map(meaningOf).filter((outcome) => outcome !== 'failed')).toEqual([]);
  }
});
