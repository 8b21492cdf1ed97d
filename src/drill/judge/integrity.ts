import { FINDING_CODES, type FindingCode } from '../../checks/integrity/findings.ts';
import { partOf, type PartId } from '../../checks/integrity/parts.ts';
import type { ReasonCode } from '../../core/reason-codes.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import type { IntegrityPartReport, IntegrityReport } from '../../report/integrity-report.ts';
import type { ReasonReport } from '../../report/report.ts';

/** The part `integrity` of the report; null: the plan has none. */
export function describeIntegrity(
  asked: DrillPlan['integrity'],
  parts: readonly IntegrityPartReport[],
): IntegrityReport | null {
  return asked === null ? null : { level: asked.level, parts: [...parts] };
}

interface Examined {
  readonly asked: DrillPlan['integrity'];
  readonly examined: readonly IntegrityPartReport[];
  /** The run went through; one that did not has a reason of its own. */
  readonly finished: boolean;
}

/**
 * What the integrity checks say for the verdict. Damage fails the run. A part that gave no answer, and one that was asked for and is
 * not there, leaves it inconclusive: neither is ever a pass. Notes, and what proves nothing for this cluster, are warnings.
 */
export function integrityReasons({ asked, examined, finished }: Examined): ReasonReport[] {
  const parts = finished ? (asked?.parts ?? []) : [];
  const missing = parts.filter(({ id }) => !examined.some((part) => part.id === id));
  return [
    ...examined.flatMap(reasonsOf),
    ...missing.map(({ id }) => reason('integrity-unproven', `${partOf(id).title}: it was not asked`, null)),
  ];
}

function reasonsOf({ id, title, outcome, reason: why, findings }: IntegrityPartReport): ReasonReport[] {
  const about = `${title}: ${why ?? 'no reason is known'}`;
  const damaged: ReasonCode = id === ('promised' satisfies PartId) ? 'promised-missing' : 'data-corrupt';
  if (outcome === 'failed') return [reason(damaged, about, hintOf(findings, 'damage'))];
  if (outcome === 'inconclusive') return [reason('integrity-unproven', about, hintOf(findings, 'doubt'))];
  if (outcome === 'skipped') return [reason('integrity-skipped', about, null)];
  return isToldAlready(id) ? [] : noteOf(title, findings);
}

function isToldAlready(id: string): boolean {
  return partOf(id as PartId).toldByEveryRun === true;
}

function noteOf(title: string, findings: IntegrityPartReport['findings']): ReasonReport[] {
  const notes = findings.filter(({ weight }) => weight === 'note');
  if (notes.length === 0) return [];
  const first = notes.slice(0, TOLD).map(({ database, text }) => (database === null ? text : `${database}: ${text}`));
  const more = notes.length > TOLD ? `; and more` : '';
  return [reason('integrity-note', `${title}: ${first.join('; ')}${more}`, hintOf(notes, 'note'))];
}

const TOLD = 3;

/** What to do about the first finding of a weight. */
function hintOf(
  findings: IntegrityPartReport['findings'],
  weight: IntegrityPartReport['findings'][number]['weight'],
): string | null {
  const code = findings.find((finding) => finding.weight === weight)?.code as FindingCode | undefined;
  return code === undefined ? null : FINDING_CODES[code].hint;
}

function reason(code: ReasonCode, message: string, hint: string | null): ReasonReport {
  return { code, message, phase: 'verify', hint };
}
