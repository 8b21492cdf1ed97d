import type { BackupSet } from '../pgbackrest/info.ts';
import type { TimelineSpan } from '../pgbackrest/wal-path.ts';
import { parseSegmentName, segmentName } from '../postgres/wal-segment.ts';
import type { WalRange } from './wal-ranges.ts';
import { walRuns, type WalRun } from './wal-runs.ts';

/**
 * A stretch of time, every moment of which can be recovered to. Its beginning is exact: the end of a backup set, to the second.
 * Its end is not, since nothing was replayed: WAL was written before it was archived, and how long before nobody can tell from
 * outside.
 */
export interface RecoveryWindow {
  readonly from: Date;
  /** The backup set that it begins with. */
  readonly fromSet: string;
  /** When its last segment was archived: the last moment of the window lies there, or before. */
  readonly to: Date;
  /** The end of the newest backup set in it: the window reaches at least that far. */
  readonly knownTo: Date;
  /** Null: a set that was taken offline, which leads to its own end alone. */
  readonly lastSegment: string | null;
  readonly sets: number;
}

/** Why the moments between two windows, or after the last one, cannot be recovered to. */
export interface WindowHole {
  /** The end of the window before it; null: none is before it. */
  readonly from: Date | null;
  /** The beginning of the next window; null: there is none. */
  readonly to: Date | null;
  /** `expired`: each set kept its own WAL alone, which is how retention-archive thins an archive. */
  readonly cause: 'missing' | 'expired' | 'duplicate';
  readonly firstMissing: string;
  /** How many segments are missing until WAL is complete again. */
  readonly missingCount: number;
  /** The first segment that is there again. */
  readonly nextPresent: string;
}

/** A backup set that cannot become consistent. */
interface UnusableSet {
  readonly label: string;
  /** The first segment of its own that is not there. */
  readonly missing: string;
}

/** What can be recovered to along one way through the timelines. */
export interface Reachable {
  readonly windows: readonly RecoveryWindow[];
  readonly holes: readonly WindowHole[];
  readonly unusable: readonly UnusableSet[];
}

interface Along {
  /** The sets that the way leads through, and those that were taken offline. */
  readonly sets: readonly BackupSet[];
  readonly spans: readonly TimelineSpan[];
  readonly ranges: readonly WalRange[];
  readonly duplicates: readonly string[];
  readonly segmentBytes: number;
  /** retention-archive may have taken WAL out between the sets. */
  readonly mayThin: boolean;
  readonly archivedAt: (name: string) => Date | null;
}

/** A run of WAL that at least one set leads into. */
interface Entered {
  readonly run: WalRun;
  /** In the order of their ends. */
  readonly sets: readonly BackupSet[];
}

/** The windows along a way: from the end of a usable backup set to the end of the WAL that is unbroken from there on. */
export function reachableAlong(along: Along): Reachable {
  const { spans, ranges, segmentBytes } = along;
  const sets = along.sets.toSorted((a, b) => a.stoppedAt.getTime() - b.stoppedAt.getTime());
  const runs = walRuns(ranges, spans, segmentBytes);
  const online = sets.filter(({ walStart }) => walStart !== null);
  const entered = runs.flatMap((run): Entered[] => {
    const inside = online.filter((set) => isWithin(set, run, along));
    return inside.length > 0 ? [{ run, sets: inside }] : [];
  });
  const windows = entered.flatMap((one) => windowOf(one, along));
  const offline = sets.filter(
    ({ walStart, stoppedAt }) =>
      walStart === null && !windows.some(({ from, to }) => from <= stoppedAt && stoppedAt <= to),
  );
  return {
    windows: [...windows, ...offline.map(momentOf)].toSorted((a, b) => a.from.getTime() - b.from.getTime()),
    holes: holesOf(entered, runs, along),
    unusable: online.flatMap((set) => unusableSet(set, runs, along)),
  };
}

function numbersOf({ walStart, walStop }: BackupSet, { segmentBytes }: Along): { first: bigint; last: bigint } {
  const first = parseSegmentName(walStart ?? '', segmentBytes)?.number ?? -1n;
  return { first, last: parseSegmentName(walStop ?? '', segmentBytes)?.number ?? first };
}

function isWithin(set: BackupSet, run: WalRun, along: Along): boolean {
  const { first, last } = numbersOf(set, along);
  return run.first <= first && last <= run.last;
}

function windowOf({ run, sets }: Entered, { segmentBytes, archivedAt }: Along): RecoveryWindow[] {
  const [first] = sets;
  const last = sets.at(-1);
  if (first === undefined || last === undefined) return [];
  const lastSegment = segmentName({ timeline: run.timeline, number: run.last }, segmentBytes);
  const archived = archivedAt(lastSegment) ?? last.stoppedAt;
  const to = archived > last.stoppedAt ? archived : last.stoppedAt;
  return [{ from: first.stoppedAt, fromSet: first.label, to, knownTo: last.stoppedAt, lastSegment, sets: sets.length }];
}

function momentOf({ stoppedAt, label }: BackupSet): RecoveryWindow {
  return { from: stoppedAt, fromSet: label, to: stoppedAt, knownTo: stoppedAt, lastSegment: null, sets: 1 };
}

function unusableSet(set: BackupSet, runs: readonly WalRun[], along: Along): UnusableSet[] {
  const { first, last } = numbersOf(set, along);
  const holding = runs.find((run) => run.first <= first && first <= run.last);
  if (holding !== undefined && last <= holding.last) return [];
  const missing = holding === undefined ? first : holding.last + 1n;
  return [{ label: set.label, missing: nameAt(missing, along) }];
}

/** Between two runs that are entered, and after the last one where WAL goes on behind it. */
function holesOf(entered: readonly Entered[], runs: readonly WalRun[], along: Along): WindowHole[] {
  return entered.flatMap(({ run, sets }, index): WindowHole[] => {
    const after = entered[index + 1] ?? null;
    const [next] = runs.filter(({ first }) => first > run.last);
    if (next === undefined) return [];
    const [from] = windowOf({ run, sets }, along);
    return [
      {
        from: from?.to ?? null,
        to: after?.sets[0]?.stoppedAt ?? null,
        cause: causeOf({ run, sets }, next, along),
        firstMissing: nameAt(run.last + 1n, along),
        missingCount: missingBetween(run, after?.run ?? null, runs),
        nextPresent: segmentName({ timeline: timelineAt(next.first, along), number: next.first }, along.segmentBytes),
      },
    ];
  });
}

/** Up to the run that is entered next; where none is, up to the WAL that is there again. */
function missingBetween(run: WalRun, after: WalRun | null, runs: readonly WalRun[]): number {
  const later = runs.filter(({ first }) => first > run.last && (after === null || first <= after.first));
  let [end, missing] = [run.last, 0n];
  for (const { first, last } of later) {
    missing += first - end - 1n;
    end = last;
  }
  return Number(missing);
}

function causeOf({ run, sets }: Entered, next: WalRun, along: Along): WindowHole['cause'] {
  const missing = nameAt(run.last + 1n, along);
  if (along.duplicates.includes(missing)) return 'duplicate';
  const endsWithSet = sets.some((set) => numbersOf(set, along).last === run.last);
  const beginsWithSet = along.sets.some((set) => set.walStart !== null && numbersOf(set, along).first === next.first);
  return along.mayThin && endsWithSet && beginsWithSet ? 'expired' : 'missing';
}

function nameAt(number: bigint, along: Along): string {
  return segmentName({ timeline: timelineAt(number, along), number }, along.segmentBytes);
}

/** The newest timeline of the way on which a segment of this number lies. */
function timelineAt(number: bigint, { spans, segmentBytes }: Along): number {
  const span = spans.findLast(({ begin }) => begin / BigInt(segmentBytes) <= number);
  return span?.timeline ?? spans[0]?.timeline ?? 1;
}
