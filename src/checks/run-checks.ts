import { messageOf } from '../core/errors.ts';
import type { CheckReport } from '../report/report.ts';
import type { CheckContext, CheckFinding } from './check.ts';
import type { Beats } from './beats.ts';
import { askOneOf, queryOf, type ResolvedCheck } from './kinds/index.ts';
import { shortened } from '../core/shortened.ts';

type LackOfCheck = NonNullable<CheckFinding['lack']>;

/** What the checks of a plan came to. */
export interface CheckedPlan {
  readonly reports: readonly CheckReport[];
  /** Why critical checks could not be asked on this machine. */
  readonly lacks: readonly (LackOfCheck & { readonly check: string })[];
  /** What its heartbeat shows; null: it has none, or nobody could ask. */
  readonly beats: Beats | null;
}

/** The longest piece of restored data that a report shows, and of what a server says. */
const LONGEST_VALUE = 200;
const LONGEST_MESSAGE = 500;

/** Runs the plan's checks one after the other. A check never throws: one that cannot be answered is an `error`. */
export async function runChecks(
  checks: readonly ResolvedCheck[],
  context: CheckContext,
  onDone: (check: CheckReport) => void,
): Promise<CheckedPlan> {
  const reports: CheckReport[] = [];
  const lacks: (LackOfCheck & { check: string })[] = [];
  let heartbeat: Beats | null = null;
  for (const check of checks) {
    const { report, lack, beats } = await runCheck(check, context);
    heartbeat ??= beats;
    if (lack && check.severity === 'critical') lacks.push({ ...lack, check: check.name });
    reports.push(report);
    onDone(report);
  }
  return { reports, lacks, beats: heartbeat };
}

interface Checked {
  readonly report: CheckReport;
  readonly lack: LackOfCheck | null;
  readonly beats: Beats | null;
}

/** The reports of checks that nobody asks, and why. */
export function skipChecks(checks: readonly ResolvedCheck[], why: string): CheckReport[] {
  return checks.map((check) => skipped(check, why));
}

function skipped(check: ResolvedCheck, message: string): CheckReport {
  return { ...aboutOf(check), status: 'skipped', expected: null, observed: null, durationMs: null, message };
}

function aboutOf(check: ResolvedCheck): Pick<CheckReport, 'name' | 'kind' | 'severity' | 'sql'> {
  return { name: check.name, kind: check.kind, severity: check.severity, sql: queryOf(check) };
}

async function runCheck(check: ResolvedCheck, context: CheckContext): Promise<Checked> {
  const about = aboutOf(check);
  if (context.signal.aborted) return { report: skipped(check, 'the run was ended before'), lack: null, beats: null };
  const startedMs = context.monotonicMs();
  const finding = await askOneOf(check, context).catch((error: unknown): CheckFinding => ({
    status: 'error',
    expected: '',
    observed: null,
    message: messageOf(error),
  }));
  // What was cut off says nothing of the data: a full disk or the end of the run's time would count against the backup.
  if (context.signal.aborted && finding.status !== 'passed')
    return { report: skipped(check, 'the run was ended while it ran'), lack: null, beats: null };
  const { status, expected, observed, message, lack, beats = null } = finding;
  const report = {
    ...about,
    status,
    expected: expected || null,
    observed: check.redact && observed !== null ? HIDDEN : cut(observed, LONGEST_VALUE),
    durationMs: Math.round(context.monotonicMs() - startedMs),
    message: check.redact && message !== null ? 'an error, whose text the plan hides' : cut(message, LONGEST_MESSAGE),
  };
  return { report, lack: lack && check.redact ? { ...lack, what: HIDDEN } : (lack ?? null), beats };
}

const HIDDEN = '[hidden]';

function cut(text: string | null, longest: number): string | null {
  return text !== null && text.length > longest ? `${shortened(text, longest)} (${text.length} characters)` : text;
}
