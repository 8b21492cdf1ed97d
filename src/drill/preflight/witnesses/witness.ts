import { historyFile } from '../../../pgbackrest/histories.ts';
import type { ArchiveListing } from '../../../pgbackrest/archive.ts';
import type { BackupSet } from '../../../pgbackrest/info.ts';
import type { Lsn } from '../../../postgres/lsn.ts';
import { parseSegmentName } from '../../../postgres/wal-segment.ts';
import type { ProductionSeen } from '../production.ts';
import { timelineOf } from '../way.ts';

/** Something that shows how far the cluster went along a timeline. */
export interface Witness {
  readonly kind: 'production' | 'backup' | 'segment' | 'history';
  readonly timeline: number;
  /** The first and the last segment that it speaks of; null: not known, or of the timeline alone. */
  readonly firstSegment: string | null;
  readonly segment: string | null;
  /** Where exactly it ends; null: somewhere in the segment. */
  readonly lsn: Lsn | null;
  /** When it was so, at the latest. */
  readonly at: Date;
  /** What was seen, as a sentence without a full stop. */
  readonly words: string;
}

/** A moment in the future of everything, for what has no time: it is explained by nothing. */
const NO_TIME = new Date(8.64e15);

/** The backup sets of all repositories that were asked, as witnesses. */
export function setWitnesses(sets: readonly BackupSet[], segmentBytes: number, drilledRepo: number): Witness[] {
  return sets.flatMap((set): Witness[] => {
    const timeline = timelineOf(set, segmentBytes);
    if (timeline === null || set.walStop === null) return [];
    const where = set.repo === drilledRepo ? '' : ` in repository ${set.repo}`;
    return [
      {
        kind: 'backup',
        timeline: parseSegmentName(set.walStop, segmentBytes)?.timeline ?? timeline,
        firstSegment: set.walStart,
        segment: set.walStop,
        lsn: set.lsnStop,
        at: set.stoppedAt,
        words: `the backup set ${set.label}${where} was taken up to ${set.walStop}`,
      },
    ];
  });
}

/** Productions on this machine. `now` is when they were looked at. */
export function productionWitnesses(productions: readonly ProductionSeen[], now: Date): Witness[] {
  return productions.map(({ path, timeline, archived, isRunning, checkpointAt }) => ({
    kind: 'production',
    timeline,
    firstSegment: null,
    segment: archived,
    lsn: null,
    at: isRunning ? now : (checkpointAt ?? now),
    words: `production in ${path} ${archived === null ? `is on timeline ${timeline}` : `has archived up to ${archived}`}`,
  }));
}

/** The timelines that have a history file. */
export function historyWitnesses(times: ReadonlyMap<number, Date | null>): Witness[] {
  return [...times].map(([timeline, archivedAt]) => ({
    kind: 'history',
    timeline,
    firstSegment: null,
    segment: null,
    lsn: null,
    at: archivedAt ?? NO_TIME,
    words: `the archive holds ${historyFile(timeline)}`,
  }));
}

/**
 * One witness for each timeline that has WAL after the segment that `explained` gives for it (null: all of it is explained).
 * The names of one timeline sort as its segments do.
 */
export function segmentWitnesses(
  { segments }: ArchiveListing,
  explained: (timeline: number) => string | null,
): Witness[] {
  const found = new Map<string, { from: string; name: string; at: number }>();
  const thresholds = new Map<string, string | null>();
  for (const name of segments.keys()) {
    const digits = name.slice(0, 8);
    let threshold = thresholds.get(digits);
    if (threshold === undefined) {
      threshold = explained(Number(`0x${digits}`));
      thresholds.set(digits, threshold);
    }
    if (threshold === null || name <= threshold) continue;
    const known = found.get(digits);
    const at = Math.max(known?.at ?? 0, ...(segments.get(name) ?? []).map(({ archivedAt }) => archivedAt.getTime()));
    found.set(digits, {
      from: known && known.from < name ? known.from : name,
      name: known && known.name > name ? known.name : name,
      at,
    });
  }
  return [...found].map(([digits, { from, name, at }]) => ({
    kind: 'segment',
    timeline: Number(`0x${digits}`),
    firstSegment: from,
    segment: name,
    lsn: null,
    at: new Date(at),
    words: `the archive holds WAL up to ${name}, archived at ${new Date(at).toISOString()}`,
  }));
}
