import type { DrillReport } from '../../report/report.ts';
import type { EndedEntry } from './line.ts';

interface Recorded {
  readonly number: number;
  readonly recorded: EndedEntry['recorded'];
  /** SHA-256 of report.json, and of manifest.json where there is one. */
  readonly report: string;
  readonly manifest: string | null;
  /** The id of the key that signed the manifest; null: none did. */
  readonly key: string | null;
}

/** What the ledger keeps of a run that has a report: enough for a list, a trend and the question which copies are proven. */
export function endedEntry(report: DrillReport, { number, recorded, ...digests }: Recorded): EndedEntry {
  const { drill, runId } = report;
  const mark = report.fallbackOf === null ? {} : { fallbackOf: report.fallbackOf };
  return { kind: 'ended', drill, run: runId, number, recorded, ...summaryOf(report), ...digests, ...mark };
}

/** What a run came to. */
type Summary = Omit<EndedEntry, 'kind' | 'drill' | 'run' | 'fallbackOf' | keyof Recorded>;

function summaryOf(report: DrillReport): Summary {
  const { source, rto, rpo, restore, trigger } = report;
  const { systemId = null } = source.postgres ?? {};
  return {
    verdict: report.verdict,
    reasons: report.reasons.map(({ code }) => code),
    startedAt: report.startedAt,
    finishedAt: report.finishedAt,
    trigger: trigger.kind,
    stanza: source.stanza,
    systemId,
    copy: drilledCopy(report),
    backup: source.backup && {
      label: source.backup.label,
      type: source.backup.type,
      stoppedAt: source.backup.stoppedAt,
      age: source.backup.age,
    },
    target: report.target,
    sandbox: report.sandbox.kind,
    recoveredTo: report.recovery?.lastCommitAt ?? null,
    rto: { measuredMs: rto.measuredMs, objectiveMs: rto.objectiveMs, met: rto.met },
    rpo: {
      measuredMs: rpo.measuredMs,
      objectiveMs: rpo.objectiveMs,
      met: rpo.met,
      upperBound: rpo.upperBound,
      applies: rpo.applies,
    },
    phases: Object.fromEntries(
      report.phases.flatMap(({ id, durationMs }) => (durationMs === null ? [] : [[id, durationMs]])),
    ),
    restored: restore && { bytes: restore.bytesTotal, bytesPerSecond: restore.bytesPerSecond, start: restore.start },
    walBytes: report.recovery?.walBytes ?? null,
    ...(report.recovery?.walFetch === 'ahead' ? { walFetch: 'ahead' as const } : {}),
    controls: report.controls,
  };
}

/** The series that a run belongs to. */
export function seriesOfReport(report: DrillReport): string {
  return seriesOf({ drill: report.drill, ...summaryOf(report) });
}

/**
 * Runs of one series can be compared with each other: one drill of the same cluster from the same copy to the same kind of
 * target, in the same kind of sandbox, from the same start.
 */
export function seriesOf(run: Summary & Pick<EndedEntry, 'drill'>): string {
  const { drill, stanza, systemId, copy, target, sandbox, restored } = run;
  const place = copy && [copy.key, copy.type, copy.host, copy.location];
  return JSON.stringify([drill, stanza, systemId, place, target.type, sandbox, restored?.start ?? null]);
}

/** Reports of before copies were listed name their repository alone. */
function drilledCopy({ copies, source }: DrillReport): EndedEntry['copy'] {
  const copy = copies.find(({ thisRun }) => thisRun);
  if (copy) return { key: copy.key, type: copy.type, host: copy.host, location: copy.location };
  return source.repo && { key: source.repo.key, type: source.repo.type, host: source.repo.host, location: null };
}
