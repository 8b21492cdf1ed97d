import type { DrillReport } from '../../report/report.ts';
import { MANIFEST_FILE } from '../../store/manifest.ts';
import type { SignedRun } from '../../store/attestor.ts';
import { statementOver, type Statement } from './statement.ts';

/** Our own claim about a run: what was drilled, with which result. What it holds is never changed under this name. */
export const RESTORE_DRILL = 'urn:pgdrill:attestation:restore-drill:v1';

/** The statement over the report and the manifest of a run. The same run gives the same statement. */
export function restoreDrill({ report, digests, ledger }: SignedRun): Statement {
  return statementOver({ 'report.json': digests.report, [MANIFEST_FILE]: digests.manifest }, RESTORE_DRILL, {
    drill: report.drill,
    runId: report.runId,
    number: report.record.number,
    verdict: report.verdict,
    startedAt: report.startedAt,
    finishedAt: report.finishedAt,
    rto: measured(report.rto),
    rpo: { ...measured(report.rpo), applies: report.rpo.applies },
    stanza: report.source.stanza,
    backup: report.source.backup && { label: report.source.backup.label, repo: report.source.repo?.key ?? null },
    target: { type: report.target.type, value: report.target.value, timeline: report.target.timeline },
    ledger: ledger && { id: ledger.id, begun: ledger.begun },
  });
}

function measured({ measuredMs, objectiveMs, met }: DrillReport['rto'] | DrillReport['rpo']) {
  return { measuredMs, objectiveMs, met };
}
