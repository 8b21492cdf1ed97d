import type { TimelineHistory } from '../../../pgbackrest/histories.ts';
import type { Lsn } from '../../../postgres/lsn.ts';
import type { TimelineFork } from '../../../postgres/timeline-history.ts';
import { parseSegmentName, segmentName, segmentNumberAt } from '../../../postgres/wal-segment.ts';
import type { ArchiveState } from '../archive-state.ts';
import type { Witness } from './witness.ts';

/** A timeline beside the way of a recovery, or one that the way left, beyond the fork. */
export interface Branch {
  readonly timeline: number;
  /** Where it and the way part; null: no history file says. */
  readonly forkLsn: Lsn | null;
  /** It comes from the last timeline of the way, which could have gone on along it. */
  readonly continuesTheWay: boolean;
  /** No history file says where it comes from. */
  readonly isOrphan: boolean;
  /** What shows it, the strongest first. */
  readonly witnesses: readonly Witness[];
  readonly lastAt: Date;
  /** The last segment that is known of it; null: none is. */
  readonly lastSegment: string | null;
  /** The first that is known of it. */
  readonly firstSegment: string | null;
}

/** The timelines that lead to the last one of the way, that one included, oldest first. */
export function descentOf({ forks, spans }: ArchiveState): number[] {
  return [...new Set([...forks.map(({ timeline }) => timeline), ...spans.map(({ timeline }) => timeline)])];
}

/**
 * The last segment of a timeline that the way explains: of one that it left, the segment of the fork, whose content beyond
 * nobody can tell from outside; null: all of it.
 */
export function explainedSegment(state: ArchiveState, timeline: number): string | null {
  const { forks, spans, segmentBytes } = state;
  if (timeline === spans.at(-1)?.timeline) return null;
  const left = forks.find((fork) => fork.timeline === timeline);
  if (!left || left.switchLsn === 0n) return '';
  return segmentName({ timeline, number: segmentNumberAt(left.switchLsn - 1n, segmentBytes) }, segmentBytes);
}

/** The branches that witnesses show; `histories` are those that the archive holds of timelines beside the way. */
export function branchesOf(
  state: ArchiveState,
  witnesses: readonly Witness[],
  histories: ReadonlyMap<number, TimelineHistory>,
): Branch[] {
  const beside = witnesses.filter((witness) => isBeside(witness, state));
  const byTimeline = Map.groupBy(beside, ({ timeline }) => timeline);
  return [...byTimeline].map(([timeline, shown]) => branchOf(state, timeline, shown, histories.get(timeline) ?? null));
}

function isBeside({ kind, timeline, segment, lsn }: Witness, state: ArchiveState): boolean {
  const explained = explainedSegment(state, timeline);
  if (explained === null) return false;
  const left = state.forks.find((fork) => fork.timeline === timeline);
  if (!left) return true;
  if (kind === 'history') return false;
  // A running production on a timeline that the way has left goes on there, whatever it has archived.
  if (kind === 'production') return true;
  return lsn === null ? (segment ?? '') > explained : lsn > left.switchLsn;
}

const STRENGTH: Readonly<Record<Witness['kind'], number>> = { production: 0, backup: 1, segment: 2, history: 3 };

function branchOf(
  state: ArchiveState,
  timeline: number,
  witnesses: readonly Witness[],
  history: TimelineHistory | null,
): Branch {
  const last = state.spans.at(-1)?.timeline;
  const left = state.forks.find((fork) => fork.timeline === timeline);
  const fork = history === null ? null : forkBetween(history.forks, timeline, state);
  const segments = witnesses.flatMap(({ segment }) => segment ?? []).toSorted();
  const firsts = witnesses.flatMap(({ firstSegment }) => firstSegment ?? []).toSorted();
  return {
    timeline,
    forkLsn: left?.switchLsn ?? fork,
    continuesTheWay: !left && history?.forks.some((one) => one.timeline === last) === true,
    isOrphan: !left && history === null && timeline > 1,
    witnesses: witnesses.toSorted((a, b) => STRENGTH[a.kind] - STRENGTH[b.kind]),
    lastAt: new Date(Math.max(...witnesses.map(({ at }) => at.getTime()))),
    lastSegment: segments.at(-1) ?? null,
    firstSegment: firsts[0] ?? null,
  };
}

/** Where the descent of a timeline leaves that of the way. */
function forkBetween(theirs: readonly TimelineFork[], timeline: number, state: ArchiveState): Lsn | null {
  const ours = descentOf(state);
  const theirWay = [...theirs.map((fork) => fork.timeline), timeline];
  const common = theirWay.findIndex((one, index) => one !== ours[index]);
  const [their, our] = [theirs[common - 1]?.switchLsn ?? null, state.forks[common - 1]?.switchLsn ?? null];
  if (common <= 0 || their === null) return null;
  return our === null || their < our ? their : our;
}

/** The number of the segment in which a branch may begin; null: nothing tells. */
export function beginOf(branch: Branch, segmentBytes: number): bigint | null {
  if (branch.forkLsn !== null) return segmentNumberAt(branch.forkLsn, segmentBytes);
  return branch.firstSegment === null ? null : (parseSegmentName(branch.firstSegment, segmentBytes)?.number ?? null);
}
