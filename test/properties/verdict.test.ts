import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { outcomeOf, REASON_CODES, type ReasonCode } from '../../src/core/reason-codes.ts';
import { judge, type VerdictInput } from '../../src/drill/judge/verdict.ts';
import type { IntegrityPartReport } from '../../src/report/integrity-report.ts';
import type { CheckReport } from '../../src/report/report.ts';
import { expectHolds } from '../fixtures/properties.ts';

const codes = Object.keys(REASON_CODES) as ReasonCode[];
const measured = fc.option(fc.nat(100), { nil: null });
const promised = fc.tuple(measured, measured).map(([measuredMs, objectiveMs]) => ({
  measuredMs,
  objectiveMs,
  met: measuredMs === null || objectiveMs === null ? null : measuredMs <= objectiveMs,
}));

const check: fc.Arbitrary<CheckReport> = fc.record({
  name: fc.constantFrom('a', 'b'),
  kind: fc.constantFrom('isolation', 'isolation', 'wholeness', 'sql', 'command'),
  severity: fc.constantFrom('critical', 'warning'),
  status: fc.constantFrom('passed', 'passed', 'passed', 'passed', 'failed', 'error', 'skipped'),
  expected: fc.constantFrom(null, 'x'),
  observed: fc.constantFrom(null, 'y'),
  durationMs: fc.constant(1),
  sql: fc.constant(null),
  message: fc.constantFrom(null, 'why'),
}) as fc.Arbitrary<CheckReport>;

const part: fc.Arbitrary<IntegrityPartReport> = fc.record({
  id: fc.constantFrom('files', 'read', 'checksums'),
  title: fc.constant('part'),
  outcome: fc.constantFrom('passed', 'passed', 'passed', 'skipped', 'failed', 'inconclusive'),
  reason: fc.constant('why'),
  at: fc.constant(null),
  durationMs: fc.constant(1),
  findingsTotal: fc.constant(0),
  findings: fc.constant([]),
});

/** What a plan asks for, of which all, some or nothing was examined. */
const integrity = fc
  .tuple(fc.uniqueArray(part, { selector: ({ id }) => id, maxLength: 3 }), fc.nat(5))
  .map(([parts, forgotten]) => ({
    asked: parts.length === 0 ? null : { level: 'standard', parts: parts.map(({ id }) => ({ id })) },
    examined: parts.filter((_, index) => index + 3 !== forgotten),
  }));

const mostly = fc.integer({ min: 0, max: 5 }).map((value) => value > 0);
const rung = fc.record({
  text: fc.constant('LSN 0/1'),
  reached: mostly,
  proof: fc.constantFrom('it stood there', 'it stood there', 'it stood there', null),
  checks: fc.array(check, { maxLength: 2 }),
});

const known = fc.record({
  reasons: fc
    .oneof(fc.constant([]), fc.array(fc.constantFrom(...codes), { maxLength: 3 }))
    .map((all) => all.map((code) => ({ code, message: 'm', phase: 'recover' as const, hint: null }))),
  finished: mostly,
  reached: mostly,
  checks: fc.array(check, { maxLength: 5 }),
  rungs: fc.oneof(fc.constant([]), fc.array(rung, { maxLength: 3 })),
  rto: promised,
  rpo: fc
    .tuple(promised, fc.boolean())
    .map(([value, applies]) => ({ ...value, upperBound: true, applies, reason: null, archiveAgeMs: null })),
  backupAge: promised,
});
const input = fc
  .tuple(known, integrity)
  .map(([one, other]) => ({ ...one, ...other })) as unknown as fc.Arbitrary<VerdictInput>;

/** The promise of DESIGN.md, in the words of it, against whatever was found out. */
function isSound(given: VerdictInput): boolean {
  const { reasons, finished, reached, checks, rungs, asked, examined, rto, rpo, backupAge } = given;
  const isolation = checks.filter(({ kind }) => kind === 'isolation');
  const critical = [...checks, ...rungs.flatMap((one) => one.checks)].filter(
    ({ kind, severity }) => severity === 'critical' || kind === 'isolation' || kind === 'wholeness',
  );
  const objectives = [rto, backupAge, ...(rpo.applies ? [rpo] : [])].filter(({ objectiveMs }) => objectiveMs !== null);
  return (
    finished &&
    reached &&
    rungs.every((one) => one.reached && one.proof !== null) &&
    isolation.length > 0 &&
    critical.every(({ status }) => status === 'passed') &&
    (asked?.parts ?? []).every(({ id }) => examined.some((one) => one.id === id)) &&
    examined.every(({ outcome }) => outcome === 'passed' || outcome === 'skipped') &&
    objectives.every(
      ({ measuredMs, objectiveMs }) => measuredMs !== null && objectiveMs !== null && measuredMs <= objectiveMs,
    ) &&
    reasons.every(({ code }) => outcomeOf(code as ReasonCode) === 'warning')
  );
}

test('a run passes when everything that has to be shown was shown, and only then', () => {
  expectHolds(
    fc.property(input, (given) => {
      const { verdict, reasons } = judge(given);
      expect(verdict === 'passed').toBe(isSound(given));
      // Whatever keeps it from passing is told, and nothing that was told before is lost.
      if (verdict !== 'passed')
        expect(reasons.some(({ code }) => outcomeOf(code as ReasonCode) !== 'warning')).toBe(true);
      expect(reasons.slice(0, given.reasons.length)).toEqual(given.reasons);
      for (const one of given.checks)
        if (one.status !== 'passed')
          expect(reasons.some(({ message }) => message.startsWith(`${one.name}: `))).toBe(true);
      for (const { text, checks } of given.rungs)
        for (const one of checks)
          if (one.status !== 'passed')
            expect(reasons.some(({ message }) => message.startsWith(`${one.name}, at ${text}: `))).toBe(true);
    }),
    0.2,
  );
});

test('more against it never makes a run pass', () => {
  expectHolds(
    fc.property(input, check, fc.constantFrom(...codes), (given, one, code) => {
      if (judge(given).verdict === 'passed') return;
      const more = [...given.reasons, { code, message: 'm', phase: 'verify' as const, hint: null }];
      expect(judge({ ...given, reasons: more }).verdict).not.toBe('passed');
      if (one.kind !== 'isolation' || one.status !== 'passed')
        expect(judge({ ...given, checks: [...given.checks, one] }).verdict).not.toBe('passed');
    }),
  );
});
