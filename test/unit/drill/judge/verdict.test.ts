import { describe, expect, test } from 'vitest';
import { REASON_CODES } from '../../../../src/core/reason-codes.ts';
import { judge, type VerdictInput } from '../../../../src/drill/judge/verdict.ts';
import type { CheckReport, ReasonReport } from '../../../../src/report/report.ts';

const CODES = Object.entries(REASON_CODES).map(([code, { outcome }]) => [code, outcome] as const);
const NO_OBJECTIVE = { objectiveMs: null, met: null };

function check(differences: Partial<CheckReport> = {}): CheckReport {
  return {
    name: 'orders',
    kind: 'sql',
    severity: 'critical',
    status: 'passed',
    expected: 'at least 1000',
    observed: '12',
    durationMs: 1,
    sql: 'select 1',
    message: null,
    ...differences,
  };
}

const ISOLATED = check({ name: 'the copy archives no WAL', kind: 'isolation' });

function reasonOf(code: string): ReasonReport {
  return { code, message: 'm', phase: 'recover', hint: null };
}

/** Everything is as it should be, but for the differences. */
function input(differences: Partial<VerdictInput> = {}): VerdictInput {
  return {
    reasons: [],
    finished: true,
    reached: true,
    checks: [ISOLATED, check()],
    rungs: [],
    asked: null,
    examined: [],
    rto: { measuredMs: 60_000, ...NO_OBJECTIVE },
    rpo: { measuredMs: 1000, upperBound: false, applies: true, reason: null, archiveAgeMs: 10, ...NO_OBJECTIVE },
    backupAge: { measuredMs: 1000, ...NO_OBJECTIVE },
    ...differences,
  };
}

const codes = (differences: Partial<VerdictInput>): string[] =>
  judge(input(differences)).reasons.map(({ code }) => code);

test('it is passed when everything holds', () => {
  expect(judge(input())).toEqual({ verdict: 'passed', reasons: [] });
});

test('a plan without checks can pass: the isolation still has to hold', () => {
  expect(judge(input({ checks: [ISOLATED] })).verdict).toBe('passed');
});

test('a row of the integrity checks has no reason of its own: its part tells it', () => {
  expect(codes({ checks: [ISOLATED, check({ kind: 'integrity', status: 'failed' })] })).toEqual([]);
});

test('an RPO objective of a plan is neither met nor missed by a drill to a chosen target', () => {
  const rpo = { ...input().rpo, measuredMs: null, objectiveMs: 1, met: null, applies: false };
  expect(judge(input({ rpo }))).toEqual({ verdict: 'passed', reasons: [] });
});

test('an RPO that was not measured says why', () => {
  const rpo = { ...input().rpo, measuredMs: null, objectiveMs: 1, met: null, reason: 'a clock is wrong' };
  expect(judge(input({ rpo })).reasons[0]?.message).toContain('a clock is wrong');
});

describe('each of these alone keeps it from passing', () => {
  test.each<[string, Partial<VerdictInput>, string, string]>([
    ['the target was not reached', { reached: false }, 'failed', 'target-unproven'],
    ['the run was not finished', { finished: false }, 'failed', 'target-unproven'],
    ['no isolation assertion was made', { checks: [check()] }, 'failed', 'isolation-broken'],
    [
      'an isolation assertion failed',
      { checks: [ISOLATED, { ...ISOLATED, status: 'failed' }] },
      'failed',
      'isolation-broken',
    ],
    [
      'an isolation assertion was skipped',
      { checks: [ISOLATED, { ...ISOLATED, status: 'skipped' }] },
      'failed',
      'isolation-broken',
    ],
    [
      'an isolation assertion of severity warning failed',
      {
        checks: [ISOLATED, { ...ISOLATED, severity: 'warning', status: 'failed' }],
      },
      'failed',
      'isolation-broken',
    ],
    ['a critical check failed', { checks: [ISOLATED, check({ status: 'failed' })] }, 'failed', 'check-failed'],
    [
      'a critical check could not be evaluated',
      { checks: [ISOLATED, check({ status: 'error' })] },
      'failed',
      'check-error',
    ],
    [
      'a critical check was skipped',
      { checks: [ISOLATED, check({ status: 'skipped' })] },
      'inconclusive',
      'check-skipped',
    ],
    ['the RTO was missed', { rto: { measuredMs: 60_000, objectiveMs: 1000, met: false } }, 'failed', 'rto-missed'],
    ['the RTO was not measured', { rto: { measuredMs: null, objectiveMs: 1000, met: null } }, 'failed', 'rto-missed'],
    ['the RPO was missed', { rpo: { ...input().rpo, objectiveMs: 1, met: false } }, 'failed', 'rpo-missed'],
    [
      'the RPO was not measured',
      { rpo: { ...input().rpo, measuredMs: null, objectiveMs: 1, met: null } },
      'failed',
      'rpo-missed',
    ],
    ['the backup is too old', { backupAge: { measuredMs: 9, objectiveMs: 1, met: false } }, 'failed', 'backup-too-old'],
    [
      'the age of the backup is not known',
      { backupAge: { measuredMs: null, objectiveMs: 1, met: null } },
      'failed',
      'backup-too-old',
    ],
  ])('%s', (_, differences, verdict, code) => {
    expect(judge(input(differences)).verdict).toBe(verdict);
    expect(codes(differences)).toContain(code);
  });

  test.each(CODES.filter(([, outcome]) => outcome !== 'warning'))('the reason %s, which means %s', (code, outcome) => {
    const { verdict } = judge(input({ reasons: [reasonOf(code)] }));
    expect(verdict).toBe(outcome === 'usage' || outcome === 'busy' ? 'inconclusive' : outcome);
  });
});

test.each(CODES.filter(([, outcome]) => outcome === 'warning'))(
  'the reason %s is told as a %s, and the run passes',
  (code) => {
    expect(judge(input({ reasons: [reasonOf(code)] }))).toEqual({ verdict: 'passed', reasons: [reasonOf(code)] });
  },
);

test.each(['failed', 'error', 'skipped'] as const)('a check of severity warning that is %s is a warning', (status) => {
  const { verdict, reasons } = judge(input({ checks: [ISOLATED, check({ severity: 'warning', status })] }));
  expect(verdict).toBe('passed');
  expect(reasons).toMatchObject([{ code: 'check-warning', phase: 'verify' }]);
});

test.each([
  [['cancelled', 'checksum-mismatch', 'disk-full'], 'cancelled'],
  [['disk-full', 'checksum-mismatch'], 'failed'],
  [['disk-full', 'cleanup-failed'], 'inconclusive'],
])('of several reasons %j the gravest decides: %s', (given, verdict) => {
  expect(judge(input({ reasons: given.map(reasonOf) })).verdict).toBe(verdict);
});

test('a run that broke off does not complain of objectives that it never came to measure', () => {
  const broken = { reasons: [reasonOf('disk-full')], finished: false, reached: false, checks: [] };
  expect(codes({ ...broken, rto: { measuredMs: null, objectiveMs: 1, met: null } })).toEqual(['disk-full']);
});

test('the text of a failed check says what was expected and what was observed', () => {
  const { reasons } = judge(input({ checks: [ISOLATED, check({ status: 'failed' })] }));
  expect(reasons[0]?.message).toBe('orders: expected at least 1000, observed 12');
});

test.each(['critical', 'warning'] as const)('data that are missing fail the run, of severity %s too', (severity) => {
  const { verdict, reasons } = judge(
    input({ checks: [ISOLATED, check({ kind: 'wholeness', severity, status: 'failed' })] }),
  );
  expect([verdict, reasons[0]?.code]).toEqual(['failed', 'data-missing']);
});

const failed = (name: string, status: CheckReport['status'] = 'failed'): CheckReport => check({ name, status });

test('what to do next is said once for each code', () => {
  const { reasons } = judge(
    input({ checks: [ISOLATED, failed('a'), failed('b'), failed('c', 'error'), failed('d', 'error')] }),
  );
  expect(reasons.map(({ code, hint }) => [code, hint !== null])).toEqual([
    ['check-failed', true],
    ['check-failed', false],
    ['check-error', true],
    ['check-error', false],
  ]);
  expect(reasons.map(({ message }) => message.slice(0, 2))).toEqual(['a:', 'b:', 'c:', 'd:']);
});

test.each([
  [check({ status: 'skipped', observed: null, message: null }), 'orders: skipped'],
  [check({ status: 'failed', message: 'why' }), 'orders: why'],
  [check({ status: 'failed', expected: null }), 'orders: expected ?, observed 12'],
])('a check without an answer is told by what there is: %#', (one, words) => {
  expect(judge(input({ checks: [ISOLATED, one] })).reasons[0]?.message).toBe(words);
});

describe('an objective that was missed', () => {
  const messageFor = (differences: Partial<VerdictInput>): string | undefined =>
    judge(input(differences)).reasons[0]?.message;

  test.each<[string, Partial<VerdictInput>]>([
    ['recovery took 1m 00s, the objective is 1.0 s', { rto: { measuredMs: 60_000, objectiveMs: 1000, met: false } }],
    ['recovery took not measured, the objective is 1.0 s', { rto: { measuredMs: null, objectiveMs: 1000, met: null } }],
    [
      'the newest backup is 9.0 s old, the objective is 1.0 s',
      { backupAge: { measuredMs: 9000, objectiveMs: 1000, met: false } },
    ],
    [
      'the newest backup is dated after the run began: the clock that it was taken by, or that of this machine, is wrong',
      { backupAge: { measuredMs: null, objectiveMs: 1000, met: null } },
    ],
    [
      'the RPO was not measured; the objective is 1.0 s',
      { rpo: { ...input().rpo, measuredMs: null, objectiveMs: 1000, met: null } },
    ],
    [
      '2.0 s may be lost, the objective is 1.0 s; the newest archived WAL is not measured old',
      { rpo: { ...input().rpo, measuredMs: 2000, objectiveMs: 1000, met: false, archiveAgeMs: null } },
    ],
  ])('is told with its figures: %s', (words, differences) => {
    expect(messageFor(differences)).toBe(words);
    expect(judge(input(differences)).reasons[0]?.hint).not.toBeNull();
  });

  test('is told to be an upper bound where it is one', () => {
    const rpo = { ...input().rpo, measuredMs: 2000, objectiveMs: 1000, met: false, upperBound: true };
    expect(messageFor({ rpo })).toContain('may be lost (an upper bound');
  });
});

const rung = (differences: Partial<VerdictInput['rungs'][number]> = {}): VerdictInput['rungs'][number] => ({
  text: 'LSN 0/5000000',
  reached: true,
  proof: 'it stood there',
  checks: [check()],
  ...differences,
});
const through = (...rungs: VerdictInput['rungs'][number][]): ReturnType<typeof judge> => judge(input({ rungs }));

describe('several targets', () => {
  test('pass when each was reached, and all held at each', () => {
    expect(through(rung(), rung({ checks: [] }))).toMatchObject({ verdict: 'passed', reasons: [] });
  });

  test.each([
    ['one was not reached', rung({ reached: false })],
    ['nothing proves one', rung({ proof: null })],
    ['the last was not come to', rung({ reached: false, proof: null, checks: [] })],
  ])('fail when %s', (_, one) => {
    const judged = through(rung(), one);
    expect(judged.verdict).toBe('failed');
    expect(judged.reasons).toEqual([
      expect.objectContaining({ code: 'target-unproven', message: 'nothing shows that LSN 0/5000000 was reached' }),
    ]);
  });

  test.each([
    ['failed', 'critical', 'failed', 'check-failed'],
    ['error', 'critical', 'failed', 'check-error'],
    ['skipped', 'critical', 'inconclusive', 'check-skipped'],
    ['failed', 'warning', 'passed', 'check-warning'],
  ] as const)('a check that %s at one of them, of severity %s: %s', (status, severity, verdict, code) => {
    const judged = through(rung({ checks: [check({ status, severity })] }), rung());
    expect(judged.verdict).toBe(verdict);
    expect(judged.reasons).toEqual([
      expect.objectContaining({ code, phase: 'recover', message: expect.stringContaining(', at LSN 0/5000000: ') }),
    ]);
  });
});

test('no combination with anything amiss passes, and the one with nothing amiss does', () => {
  const booleans = [true, false];
  const met = [
    { objectiveMs: null, met: null },
    { objectiveMs: 5, met: true },
    { objectiveMs: 5, met: false },
    { objectiveMs: 5, met: null },
  ];
  const isolations = [
    [],
    [ISOLATED],
    [{ ...ISOLATED, status: 'failed' as const }],
    [ISOLATED, { ...ISOLATED, status: 'error' as const }],
  ];
  const checks = (['passed', 'failed', 'error', 'skipped'] as const).map((status) => check({ status }));
  const reasons = [[], ['cleanup-failed'], ['wal-missing'], ['disk-full'], ['cancelled'], ['busy'], ['plan-invalid']];
  let passed = 0;
  let total = 0;
  for (const finished of booleans)
    for (const reached of booleans)
      for (const isolation of isolations)
        for (const one of checks)
          for (const rto of met)
            for (const rpo of met)
              for (const backupAge of met)
                for (const given of reasons) {
                  const { verdict } = judge({
                    reasons: given.map(reasonOf),
                    finished,
                    reached,
                    checks: [...isolation, one],
                    rungs: [],
                    asked: null,
                    examined: [],
                    rto: { measuredMs: 1, ...rto },
                    rpo: { measuredMs: 1, upperBound: true, applies: true, reason: null, archiveAgeMs: null, ...rpo },
                    backupAge: { measuredMs: 1, ...backupAge },
                  });
                  const sound =
                    finished &&
                    reached &&
                    isolation.length > 0 &&
                    isolation.every(({ status }) => status === 'passed') &&
                    one.status === 'passed' &&
                    [rto, rpo, backupAge].every((item) => item.objectiveMs === null || item.met === true) &&
                    given.every((code) => code === 'cleanup-failed');
                  total += 1;
                  if (verdict === 'passed') passed += 1;
                  if ((verdict === 'passed') !== sound)
                    throw new Error(JSON.stringify({ finished, reached, given, rto, rpo, backupAge, verdict }));
                }
  expect(total).toBe(2 * 2 * 4 * 4 * 4 * 4 * 4 * 7);
  expect(passed).toBe(2 * 2 * 2 * 2);
});
