import { literal } from '../../postgres/literal.ts';
import { askDatabase } from '../../checks/ask-database.ts';
import type { CheckContext, CheckFinding } from '../../checks/check.ts';
import type { CheckedPlan } from '../../checks/run-checks.ts';
import { describeAgreement, judgeCompared } from '../../checks/compare/judge-compared.ts';
import type { Compare, ComparedQuery } from '../../checks/compare/written-compare.ts';
import { comparedSettings } from '../../postgres/compared-settings.ts';
import type { CheckReport } from '../../report/report.ts';
import type { ProductionAnswer, ProductionAnswers } from '../preflight/production-answers.ts';
import type { Run } from '../run.ts';
import { shortened } from '../../core/shortened.ts';

/** What is compared, with whom, and how far the recovery went. */
interface Comparison {
  readonly compare: Compare;
  readonly production: ProductionAnswers;
  /** Of the cluster that was restored. */
  readonly systemId: string;
  readonly context: CheckContext;
}

/** A query of which nothing came, and why. */
type Lack = CheckedPlan['lacks'][number];

/**
 * Asks the copy what production was asked, and compares. A query that production did not answer is skipped, and the reason
 * stands with the run: a drill that was to compare and did not does not pass.
 */
export async function compareWithProduction(
  { record, services, plan }: Run,
  systemId: string,
  context: CheckContext,
): Promise<Omit<CheckedPlan, 'beats'>> {
  const { compare } = plan;
  const { production } = record;
  if (compare === null || production === null) return { reports: [], lacks: [] };
  record.note({ copyAskedAt: services.clock.now() });
  const comparison = { compare, production, systemId, context };
  const reports: CheckReport[] = [];
  const lacks = new Map<string, Lack>();
  for (const [index, query] of compare.queries.entries()) {
    const answer = whyIncomparable(comparison) ?? production.answers[index] ?? { problem: 'production was not asked' };
    const { report, lack } = await compareOne(query, answer, comparison);
    // A production that is down is so for each of them.
    if (lack && compare.severity === 'critical' && !lacks.has(lack.what))
      lacks.set(lack.what, { ...lack, check: query.name });
    reports.push(report);
    services.emit({ kind: 'check-ended', check: report });
  }
  return { reports, lacks: [...lacks.values()] };
}

/** A value of another cluster says nothing of this one. */
function whyIncomparable({ production, systemId }: Comparison): ProductionAnswer | null {
  if (production.systemId === null || production.systemId === systemId) return null;
  return {
    problem: `what answers at the connection string is another cluster (system identifier ${production.systemId}; the backup is of ${systemId})`,
  };
}

async function compareOne(
  query: ComparedQuery,
  answer: ProductionAnswer,
  comparison: Comparison,
): Promise<{ readonly report: CheckReport; readonly lack: CheckFinding['lack'] }> {
  const { compare, context, production } = comparison;
  const about = { name: query.name, kind: 'compare', severity: compare.severity, sql: query.sql.trim() };
  const startedMs = context.monotonicMs();
  const finding = 'problem' in answer ? unanswered(answer.problem) : await findingOf(query, answer, comparison);
  const { status, expected, observed, message } = finding;
  const ended = context.signal.aborted && status !== 'passed';
  const report: CheckReport = {
    ...about,
    status: ended ? 'skipped' : status,
    expected: `${expected}, at ${production.askedAt.toISOString()}`,
    observed,
    durationMs: Math.round(context.monotonicMs() - startedMs),
    message: ended ? 'the run was ended while it was asked' : message,
  };
  return { report, lack: ended ? undefined : finding.lack };
}

function unanswered(what: string): CheckFinding {
  const lack = { code: 'production-unanswered', what, hint: TRY_IT } as const;
  return { status: 'skipped', expected: 'as production', observed: null, message: what, lack };
}

const TRY_IT =
  'try the connection string and the query with psql on this machine; a role that may read the tables is enough';

async function findingOf(
  query: ComparedQuery,
  answer: Exclude<ProductionAnswer, { problem: string }>,
  { compare, context }: Comparison,
): Promise<CheckFinding> {
  const { toTheEnd } = context.recovered;
  const tolerance = query.tolerance ?? compare.tolerance;
  const expected = describeAgreement(tolerance, toTheEnd);
  const { database, searchPath } = answer;
  const before = `${comparedSettings('set')}; select set_config('search_path', ${literal(searchPath)}, false)`;
  const asked = { sql: query.sql, database: query.database ?? database, timeout: compare.timeout, before };
  const copy = await askDatabase(asked, expected, context);
  if ('finding' in copy) return compare.redact ? { ...copy.finding, message: HIDDEN } : copy.finding;
  const { rows, rowCount, columns } = copy.result;
  if (rowCount !== 1 || columns.length !== 1)
    return { status: 'failed', expected, observed: `${rowCount} rows`, message: 'the copy gives no single value' };
  const value = rows[0]?.[0] ?? null;
  const { agrees, words } = judgeCompared(answer.value, value, tolerance, toTheEnd);
  const difference = words === '' ? '' : ` (${words})`;
  const observed = compare.redact ? HIDDEN : `${shown(value)}, in production ${shown(answer.value)}${difference}`;
  return { status: agrees ? 'passed' : 'failed', expected, observed, message: null };
}

const HIDDEN = '[hidden]';
const LONGEST_SHOWN = 200;

function shown(value: string | null): string {
  return shortened(value ?? 'NULL', LONGEST_SHOWN);
}
