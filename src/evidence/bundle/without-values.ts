import { REASON_CODES } from '../../core/reason-codes.ts';
import type { DrillReport } from '../../report/report.ts';

const LEFT_OUT = '[left out]';

const MEANINGS: Readonly<Record<string, { readonly means: string }>> = REASON_CODES;

/** Numbers with a unit, and switches. */
const PLAIN_SETTING = /^(?:-?\d+(?:\.\d+)?\s?(?:[kMGT]?B|us|ms|s|min|h|d)?|on|off|true|false)$/;

/**
 * A report without anything that may come from restored data: what checks have seen, every message, since messages of
 * PostgreSQL quote data, and settings of production that are no numbers. Positions in the WAL and the times of transactions
 * stay: they are the proof. What is signed about a run, and what the ledger says of it, fits this report as it fits the whole
 * one.
 */
export function withoutValues(report: DrillReport): DrillReport {
  const { reasons, checks, integrity, recovery, comparison, cleanup, sandbox } = report;
  return {
    ...report,
    reasons: reasons.map(({ code, phase }) => ({ code, message: meaningOf(code), phase, hint: null })),
    checks: checks.map((check) => ({ ...check, observed: cut(check.observed), message: cut(check.message) })),
    integrity: integrity && {
      ...integrity,
      parts: integrity.parts.map((part) => ({
        ...part,
        reason: cut(part.reason),
        findings: part.findings.map((finding) => ({ ...finding, relation: cut(finding.relation), text: LEFT_OUT })),
      })),
    },
    recovery: recovery && { ...recovery, stoppedBefore: cut(recovery.stoppedBefore) },
    comparison: comparison && { ...comparison, problem: cut(comparison.problem) },
    cleanup: { ...cleanup, steps: cleanup.steps.map((step) => ({ ...step, message: cut(step.message) })) },
    sandbox: {
      ...sandbox,
      settings: sandbox.settings.map((setting) => ({
        ...setting,
        production: PLAIN_SETTING.test(setting.production ?? 'on') ? setting.production : LEFT_OUT,
        drill: PLAIN_SETTING.test(setting.drill) ? setting.drill : LEFT_OUT,
      })),
    },
  };
}

function meaningOf(code: string): string {
  return (Object.hasOwn(MEANINGS, code) ? MEANINGS[code]?.means : undefined) ?? LEFT_OUT;
}

/** That there was something stays to be seen. */
function cut(text: string | null): string | null {
  return text === null ? null : LEFT_OUT;
}
