import type { CheckReport, DrillReport } from '../../report/report.ts';
import { MANIFEST_FILE } from '../../store/manifest.ts';
import type { SignedRun } from '../../store/attestor.ts';
import { statementOver, type Statement } from './statement.ts';

/** The standard claim about a test: https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md */
export const TEST_RESULT = 'https://in-toto.io/attestation/test-result/v0.1';

/**
 * The result of a run as other tools read it. They know no result beside these three, so whatever is not passed is FAILED:
 * a drill that ended without an answer as well.
 */
export function testResult({ report, digests }: SignedRun): Statement {
  const { trigger, environment } = report;
  const plan = trigger.planSha256 === null ? [] : [{ name: 'plan', digest: { sha256: trigger.planSha256 } }];
  const tests = [...objectives(report), ...report.checks.map(testOfCheck)];
  const named = (result: Result): string[] => tests.filter((test) => test.result === result).map(({ name }) => name);
  return statementOver({ 'report.json': digests.report, [MANIFEST_FILE]: digests.manifest }, TEST_RESULT, {
    result: resultOf(report),
    configuration: [{ name: 'pgdrill', uri: `pkg:npm/pgdrill@${environment.pgdrill}` }, ...plan],
    passedTests: named('passed'),
    warnedTests: named('warned'),
    failedTests: named('failed'),
  });
}

type Result = 'passed' | 'warned' | 'failed';

interface Test {
  readonly name: string;
  readonly result: Result;
}

function resultOf({ verdict, reasons, fallbackOf }: DrillReport): string {
  if (verdict !== 'passed') return 'FAILED';
  // A fallback that passed is no drill that passed.
  return reasons.length === 0 && fallbackOf === null ? 'PASSED' : 'WARNED';
}

function testOfCheck({ name, status, severity }: CheckReport): Test {
  if (status === 'passed') return { name, result: 'passed' };
  return { name, result: severity === 'critical' ? 'failed' : 'warned' };
}

/** The recovery itself, and what was promised of it. An objective without an answer is in none of the lists. */
function objectives({ recovery, rto, rpo, backupAge }: DrillReport): Test[] {
  const answers: [string, boolean | null][] = [
    ['recovery reaches its target', recovery?.reached ?? false],
    ['RTO within its objective', rto.met],
    ['RPO within its objective', rpo.met],
    ['age of the backup within its objective', backupAge.met],
  ];
  return answers.flatMap(([name, met]): Test[] => (met === null ? [] : [{ name, result: met ? 'passed' : 'failed' }]));
}
