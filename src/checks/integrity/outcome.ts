import type { CheckReport } from '../../report/report.ts';
import type { IntegrityPartReport } from '../../report/integrity-report.ts';
import { weightOf, type FindingList } from './findings.ts';
import type { Looked } from './part.ts';
import { partOf, type PartId } from './parts.ts';

/**
 * What a part came to. Damage makes it failed, and else a doubt makes it inconclusive: passed is only what was looked at and had
 * neither. What proves nothing here is skipped, which is no pass.
 */
export function partReport(
  id: PartId,
  { at, skipped }: Looked,
  findings: FindingList,
  durationMs: number | null,
): IntegrityPartReport {
  const outcome = outcomeOf(findings, skipped !== undefined);
  return {
    id,
    title: partOf(id).title,
    outcome,
    reason: outcome === 'skipped' ? (skipped ?? null) : outcome === 'passed' ? null : findingsText(findings),
    at,
    durationMs,
    findingsTotal: findings.total,
    findings: findings.first.map((finding) => ({ ...finding, weight: weightOf(finding.code) })),
  };
}

function outcomeOf(findings: FindingList, isSkipped: boolean): IntegrityPartReport['outcome'] {
  if (findings.count('damage') > 0) return 'failed';
  if (findings.count('doubt') > 0) return 'inconclusive';
  return isSkipped ? 'skipped' : 'passed';
}

/** A part that nobody came to ask. */
export function unaskedPart(id: PartId, why: string): IntegrityPartReport {
  return {
    id,
    title: partOf(id).title,
    outcome: 'inconclusive',
    reason: why,
    at: null,
    durationMs: null,
    findingsTotal: 0,
    findings: [],
  };
}

/** So many findings are told in a sentence. */
const TOLD = 3;

function findingsText(findings: FindingList): string {
  const texts = findings.first
    .slice(0, TOLD)
    .map(({ database, text }) => (database === null ? text : `${database}: ${text}`));
  const more = findings.total - texts.length;
  return `${texts.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

const STATUS: Readonly<Record<IntegrityPartReport['outcome'], CheckReport['status']>> = {
  passed: 'passed',
  failed: 'failed',
  inconclusive: 'error',
  skipped: 'skipped',
};

/** A part as a row among the checks, which every format of a report shows. */
export function rowOf({ title, outcome, reason, at, durationMs }: IntegrityPartReport): CheckReport {
  return {
    name: `integrity: ${title}`,
    kind: 'integrity',
    severity: outcome === 'skipped' ? 'warning' : 'critical',
    status: STATUS[outcome],
    expected: 'no damage',
    observed: outcome === 'failed' ? reason : at,
    durationMs,
    sql: null,
    message: outcome === 'failed' ? null : reason,
  };
}
