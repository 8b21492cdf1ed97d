import type { DrillError } from '../../../core/errors.ts';
import type { TimelineChoice } from '../../../targets/timeline.ts';
import type { BackupSet } from '../../../pgbackrest/info.ts';
import type { ArchivedPartial } from '../../../pgbackrest/archive.ts';
import { historyFile } from '../../../pgbackrest/histories.ts';
import type { ReasonReport } from '../../../report/report.ts';
import type { TimelineFork } from '../../../postgres/timeline-history.ts';
import { parseSegmentName, segmentNumberAt } from '../../../postgres/wal-segment.ts';
import type { ArchiveState } from '../archive-state.ts';
import { beginOf, type Branch } from './branches.ts';
import { lostTimeline } from './lost-timeline.ts';
import type { Reach } from '../../../targets/reach.ts';
import { goesToTheEnd } from './reach.ts';
import { LOOK_FOR_IT, type WalFault } from './wal-fault.ts';
import type { Witness } from './witness.ts';

interface Case {
  readonly state: ArchiveState;
  readonly backup: BackupSet;
  readonly choice: TimelineChoice;
  readonly reach: Reach;
  readonly witnesses: readonly Witness[];
  readonly branches: readonly Branch[];
  /** Where timelines were left, by all history files of the archive. */
  readonly forks: readonly TimelineFork[];
  /** Timelines whose history file is in the archive, and cannot be read or understood; and why. */
  readonly unread: ReadonlyMap<number, DrillError>;
}

export interface Ruling {
  readonly fault: WalFault | null;
  readonly warnings: readonly ReasonReport[];
}

/**
 * Whatever shows that the cluster went further than the recovery goes is either explained by the way of the recovery, or a
 * fault, or, where the user named the timeline or the moment lies on several, a warning. WAL on another branch is explained
 * when production is known to have been on the way's last timeline after all that is seen of the branch: that timeline was
 * begun later, a backup set of it was taken later, or production is on it.
 */
export function ruleOn(given: Case): Ruling {
  const { state, reach, choice, branches } = given;
  if (state.spans.length === 0 || reach.kind === 'backup') return { fault: null, warnings: [] };
  const further = furtherFault(given);
  if (further) return { fault: further, warnings: [] };
  const anchor = anchorOf(given);
  const toTheEnd = goesToTheEnd(reach, state);
  const newestFirst = branches.toSorted((a, b) => b.lastAt.getTime() - a.lastAt.getTime());
  const lost = lostTimeline({ ...given, anchor });
  if (choice !== 'latest') {
    if (!toTheEnd) return { fault: null, warnings: [] };
    // pgBackRest tells whole seconds (2.45): what was seen in the same second may have been seen after.
    const open = newestFirst.filter(({ lastAt }) => lastAt >= anchor);
    const warnings = open.map((branch) => leftAside(branch, given));
    return { fault: null, warnings: lost === null ? warnings : [...warnings, lostAside(lost)] };
  }
  const open = newestFirst.filter(({ lastAt }) => lastAt > anchor);
  const [worst] = open.filter((branch) => toTheEnd || holdsTarget(branch, given));
  if (worst) return { fault: branchFault(worst, given), warnings: [] };
  if (lost !== null && toTheEnd) return { fault: lostFault(lost, given), warnings: [] };
  const explained = branches.filter(
    (branch) => reach.kind !== 'end' && holdsTarget(branch, given) && isOnIt(branch, given),
  );
  return { fault: null, warnings: explained.map((branch) => onTwoBranches(branch, given)) };
}

/** The last moment at which production is known to have been on the last timeline of the way. */
function anchorOf({ state, witnesses }: Case): Date {
  const last = state.spans.at(-1)?.timeline;
  const moments = witnesses.flatMap(({ kind, timeline, at }) =>
    timeline === last && (kind === 'backup' || kind === 'production') ? [at.getTime()] : [],
  );
  return new Date(Math.max(state.beganAt?.getTime() ?? 0, ...moments));
}

/** Production went further along the very timeline on which the recovery would end. */
function furtherFault({ state, reach, witnesses }: Case): WalFault | null {
  const last = state.path.segments.at(-1) ?? '';
  const timeline = state.spans.at(-1)?.timeline;
  if (!goesToTheEnd(reach, state)) return null;
  const end = parseSegmentName(last, state.segmentBytes)?.number ?? -1n;
  const further = witnesses
    .filter((one) => one.kind !== 'segment' && one.timeline === timeline)
    .find(({ segment }) => (parseSegmentName(segment ?? '', state.segmentBytes)?.number ?? -1n) > end);
  if (!further) return null;
  return {
    code: 'wal-missing',
    message: `the archive ends with ${last}, but ${further.words}: the WAL between is gone`,
    hint: LOOK_FOR_IT,
    missing: further.segment,
  };
}

/** Whether the target may lie where the branch and the way differ. */
function holdsTarget(branch: Branch, { state, backup, reach }: Case): boolean {
  const begin = beginOf(branch, state.segmentBytes);
  switch (reach.kind) {
    case 'end':
      return true;
    case 'backup':
      return false;
    case 'position':
      return branch.forkLsn === null
        ? begin === null || segmentNumberAt(reach.lsn, state.segmentBytes) >= begin
        : reach.lsn > branch.forkLsn;
    case 'moment': {
      // What was archived before the segment of the fork was written before the fork.
      const before = begin === null ? undefined : state.path.segments.lastBefore(begin);
      const common = state.listing.segments.get(before ?? '')?.[0]?.archivedAt ?? backup.stoppedAt;
      return reach.at > common;
    }
  }
}

/** Whether the branch goes as far as the target. */
function isOnIt(branch: Branch, { state, reach }: Case): boolean {
  if (reach.kind === 'moment') return reach.at <= branch.lastAt;
  const last = parseSegmentName(branch.lastSegment ?? '', state.segmentBytes)?.number ?? -1n;
  return reach.kind === 'position' && segmentNumberAt(reach.lsn, state.segmentBytes) <= last;
}

function branchFault(branch: Branch, { state, unread }: Case): WalFault {
  const { timeline, isOrphan, continuesTheWay } = branch;
  const ours = state.spans.at(-1)?.timeline ?? 1;
  const end = `recovery would end on timeline ${ours} with ${state.path.segments.at(-1) ?? 'none'}`;
  const shown = shownBy(branch);
  if (isOrphan) {
    const file = historyFile(timeline);
    const says = `${shown}, but ${file}, which says where timeline ${timeline} comes from,`;
    const why = unread.get(timeline);
    // That the machine of the drill does not let it be read is no fault of the archive.
    if (why && why.outcome !== 'failed') {
      const hint = why.hint ?? `let the drill read ${file}`;
      return { code: why.code, message: `${says} cannot be read here: ${why.message}`, hint, missing: null };
    }
    return {
      code: 'wal-missing',
      message: `${says} ${why ? 'cannot be read' : 'is not in the archive'}: ${end}`,
      hint: `look for ${file} in the pg_wal directories and other repositories; if a copy of the cluster archived timeline ${timeline}, drill with --target-timeline ${ours}`,
      missing: file,
    };
  }
  if (continuesTheWay) {
    return {
      code: 'timeline-split',
      message: `timeline ${timeline} goes on from timeline ${ours} (${shown}), but PostgreSQL does not find it, since ${historyFile(ours + 1)} is not in the archive: ${end}`,
      hint: `drill with --target-timeline ${timeline}, and look for the missing history file; or with --target-timeline ${ours} if production is there`,
      missing: historyFile(ours + 1),
    };
  }
  const began = state.beganAt === null ? '' : ` at ${state.beganAt.toISOString()}`;
  return {
    code: 'timeline-split',
    message: `timeline ${ours} is the newest, but timeline ${timeline} went on after timeline ${ours} had begun${began}: ${shown}. One of the two is production, the other a copy that archives`,
    hint: `if production is on timeline ${timeline}, drill with --target-timeline ${timeline}, and remove what the copy archived; if it is on timeline ${ours}, drill with --target-timeline ${ours}, or take a backup of it`,
    missing: null,
  };
}

function lostFault(lost: ArchivedPartial, { state }: Case): WalFault {
  const ours = state.spans.at(-1)?.timeline ?? 1;
  return {
    code: 'wal-missing',
    message: `${shownByPartial(lost)}, and nothing of that timeline is in the archive: recovery would end on timeline ${ours} with ${state.path.segments.at(-1) ?? 'none'}`,
    hint: `if production was failed over just now, wait until it has archived; else look for its .history file and its WAL in the pg_wal directories and other repositories; if a copy was promoted, drill with --target-timeline ${ours}`,
    missing: null,
  };
}

function lostAside(lost: ArchivedPartial): ReasonReport {
  return {
    code: 'other-branch',
    message: `${shownByPartial(lost)}; nothing of that timeline is in the archive`,
    phase: 'preflight',
    hint: 'look for its .history file and its WAL, if production is there',
  };
}

function shownByPartial({ name, archivedAt }: ArchivedPartial): string {
  return `the archive holds ${name}.partial of ${archivedAt.toISOString()}, so a server was promoted within this segment to a new timeline`;
}

function leftAside(branch: Branch, { state }: Case): ReasonReport {
  const ours = state.spans.at(-1)?.timeline ?? 1;
  return {
    code: 'other-branch',
    message: `timeline ${branch.timeline} holds what timeline ${ours}, which was asked for, does not hold: ${shownBy(branch)}`,
    phase: 'preflight',
    hint: `--target-timeline ${branch.timeline} leads there`,
  };
}

function onTwoBranches(branch: Branch, { state, reach }: Case): ReasonReport {
  const ours = state.spans.at(-1)?.timeline ?? 1;
  const what = reach.kind === 'moment' ? 'this moment' : 'this LSN';
  return {
    code: 'other-branch',
    message: `${what} lies on timeline ${branch.timeline} as well, which timeline ${ours} left before it; recovery follows timeline ${ours}, the newest`,
    phase: 'preflight',
    hint: `--target-timeline ${branch.timeline} leads to ${what} on the other branch`,
  };
}

function shownBy({ witnesses }: Branch): string {
  return witnesses
    .slice(0, 2)
    .map(({ words }) => words)
    .join(', and ');
}
