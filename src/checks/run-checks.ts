import type { Endpoint } from '../core/endpoint.ts';
import { messageOf } from '../core/errors.ts';
import type { Instant } from '../core/instant.ts';
import type { Host } from '../host/host.ts';
import type { ResolvedCheck } from '../plan/drill-plan.ts';
import type { CheckReport } from '../report/report.ts';
import { runCommandCheck } from './command-check.ts';
import { runSqlCheck } from './sql-check.ts';

/** What a check may ask: the restored instance, and where it runs. */
export interface CheckContext {
  readonly host: Host;
  readonly endpoint: Endpoint;
  /** The recovery target's time, else the run's start: what `maxAge` counts back from. */
  readonly reference: Instant;
  readonly monotonicMs: () => number;
  readonly signal: AbortSignal;
}

/** What a kind of check finds out; name, severity and time are added here. */
export interface CheckFinding {
  readonly status: 'passed' | 'failed' | 'error';
  readonly expected: string;
  readonly observed: string | null;
  readonly message: string | null;
}

/** The longest piece of restored data that a report shows. */
const LONGEST_VALUE = 200;

/** Runs the plan's checks one after the other. A check never throws: one that cannot be answered is an `error`. */
export async function runChecks(
  checks: readonly ResolvedCheck[],
  context: CheckContext,
  onDone: (check: CheckReport) => void,
): Promise<CheckReport[]> {
  const reports: CheckReport[] = [];
  for (const check of checks) {
    const report = await runCheck(check, context);
    reports.push(report);
    onDone(report);
  }
  return reports;
}

async function runCheck(check: ResolvedCheck, context: CheckContext): Promise<CheckReport> {
  const sql = check.kind === 'sql' ? check.sql.trim() : null;
  const about = { name: check.name, kind: check.kind, severity: check.severity, sql };
  if (context.signal.aborted) {
    return {
      ...about,
      status: 'skipped',
      expected: null,
      observed: null,
      durationMs: null,
      message: 'the run was ended before',
    };
  }
  const startedMs = context.monotonicMs();
  const finding = await (check.kind === 'sql' ? runSqlCheck(check, context) : runCommandCheck(check, context)).catch(
    (error: unknown): CheckFinding => ({ status: 'error', expected: '', observed: null, message: messageOf(error) }),
  );
  return {
    ...about,
    status: finding.status,
    expected: finding.expected || null,
    observed: hide(check, finding.observed),
    durationMs: Math.round(context.monotonicMs() - startedMs),
    message: check.redact && finding.message !== null ? 'an error, whose text the plan hides' : cut(finding.message),
  };
}

function hide(check: ResolvedCheck, observed: string | null): string | null {
  return check.redact && observed !== null ? '[hidden]' : cut(observed);
}

function cut(text: string | null): string | null {
  return text !== null && text.length > LONGEST_VALUE
    ? `${text.slice(0, LONGEST_VALUE)}… (${text.length} characters)`
    : text;
}
