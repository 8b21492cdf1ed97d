import type { Beats } from '../../checks/beats.ts';
import { formatInstant, millisecondsBetween } from '../../core/instant.ts';
import type { DrillReport } from '../../report/report.ts';

/** What the heartbeat shows, in the form of the report. */
export function describeHeartbeat(beats: Beats | null): DrillReport['heartbeat'] {
  if (beats === null) return null;
  const { table, everyMs, lastAt, later, comparedAt, ran } = beats;
  return {
    table,
    everyMs,
    lastBeatAt: lastAt === null ? null : formatInstant(lastAt),
    comparedAt: formatInstant(comparedAt),
    gapMs: lastAt === null ? null : millisecondsBetween(lastAt, comparedAt),
    laterBeats: later,
    ran,
  };
}
