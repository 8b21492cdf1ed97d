import { DrillError } from '../../core/errors.ts';
import { formatInstant } from '../../core/instant.ts';
import type { ArchiveListing } from '../../pgbackrest/archive.ts';
import type { BackupSet } from '../../pgbackrest/info.ts';
import type { PlannedTarget } from '../../targets/index.ts';
import { formatLsn } from '../../postgres/lsn.ts';
import { parseSegmentName, segmentNumberAt } from '../../postgres/wal-segment.ts';
import type { WalRecord } from '../../postgres/waldump.ts';
import { targetText } from '../../targets/index.ts';
import type { SoughtRecord } from '../../targets/kind.ts';
import type { ArchiveState } from './archive-state.ts';
import type { Found, WalSearch } from './wal-search.ts';

/** A backup set, and what a recovery from it finds in the archive. */
export interface Way {
  readonly backup: BackupSet;
  readonly archive: ArchiveState;
}

/** The timeline in the name of a segment. */
export function timelineOf(segment: string): number {
  return Number(`0x${segment.slice(0, 8)}`);
}

/** PostgreSQL stops after the rollback as it would after a commit; but nothing of the transaction is there then. */
export function rolledBack(target: PlannedTarget, found: Found): DrillError {
  const near = [
    ...(found.commitBefore === null ? [] : [`before it ${recordText(found.commitBefore)} was committed`]),
    ...(found.commitAfter === null ? [] : [`after it ${recordText(found.commitAfter)}`]),
  ];
  const next = found.commitBefore ?? found.commitAfter;
  const neighbours = near.length === 0 ? '' : `; ${near.join(', ')}`;
  return new DrillError(
    'target-rolled-back',
    `${targetText(target, found.lsn)} was rolled back${atText(found)}, so nothing of it is there${neighbours}`,
    {
      hint:
        next === null
          ? 'name a time or an LSN'
          : `name a transaction that was committed, as --target-xid ${next.xid ?? ''}`,
    },
  );
}

/** One name, several places: PostgreSQL would stop at the first, whichever was meant. */
export function ambiguous(
  target: PlannedTarget,
  { label }: BackupSet,
  met: readonly Found[],
  listing: ArchiveListing,
): DrillError {
  const places = met.map((found) => placeText(found, listing)).join('; ');
  const options = met.map(({ lsn }) => `--target-lsn ${formatLsn(lsn)}`).join(' or ');
  return new DrillError(
    'target-ambiguous',
    `a recovery from ${label} meets ${targetText(target)} ${met.length} times, and PostgreSQL stops at the first: ${places}`,
    {
      hint: `name the one that is meant by its position, with ${options}, or a backup set that was taken between them, with --backup`,
    },
  );
}

function placeText(found: Found, listing: ArchiveListing): string {
  const archivedAt = listing.segments.get(found.segment)?.[0]?.archivedAt;
  const before = found.commitBefore?.at ?? null;
  const when =
    found.at !== null
      ? ` at ${formatInstant(found.at)}`
      : before !== null
        ? `, after the commit of ${formatInstant(before)}`
        : archivedAt === undefined
          ? ''
          : `, archived ${archivedAt.toISOString()}`;
  return `LSN ${formatLsn(found.lsn)} on timeline ${timelineOf(found.segment)}${when}`;
}

interface Nowhere {
  readonly target: PlannedTarget;
  readonly record: SoughtRecord;
  readonly search: WalSearch;
  /** The ways that were searched, from the newest backup set on. */
  readonly ways: readonly Way[];
  readonly segmentBytes: number;
  /** Where it lies although no backup set leads there. */
  readonly elsewhere: Found | null;
}

/** Why no recovery meets the target: a hole before it, another timeline, too early, or it is not there at all. */
export function notFound({ target, record, search, ways, segmentBytes, elsewhere }: Nowhere): DrillError {
  const [newest] = ways;
  if (elsewhere !== null) return outOfReach(target, elsewhere, ways, segmentBytes);
  if (search.around !== null) return subtransaction(target, search.around);
  const gap = newest?.archive.path.gap ?? null;
  if (gap !== null) {
    const more = gap.missingCount === 1 ? ' is' : ` and ${gap.missingCount - 1} after it are`;
    return new DrillError(
      'wal-missing',
      `the WAL that is there holds no ${targetText(target)}, but WAL segment ${gap.firstMissing}${more} not in the archive, and may hold it`,
      { hint: 'look for the segment in the pg_wal directories and other repositories' },
    );
  }
  const { looked, unreadable } = search;
  const where = `looked through ${looked.length} segments, from ${looked[0] ?? '-'} to ${looked.at(-1) ?? '-'}`;
  if (unreadable.length > 0) {
    return new DrillError(
      'target-not-found',
      `what can be read of the archive holds no ${targetText(target)} (${where}); ${unreadable.slice(0, 5).join(', ')} could not be read to the end, and may hold it`,
      { hint: 'look for unharmed copies of these segments in the pg_wal directories and other repositories' },
    );
  }
  return unknown(target, record, search, where);
}

/** All that was archived was read, and it is not there: a slip of the pen, or its WAL is still to be archived. */
function unknown(
  target: PlannedTarget,
  { didYouMean, lookAt }: SoughtRecord,
  { names, lastCommit }: WalSearch,
  where: string,
): DrillError {
  const near = didYouMean(names);
  const last = lastCommit === null ? '' : `; the last commit in it is that of ${recordText(lastCommit)}`;
  return new DrillError('target-unknown', `the archive holds no ${targetText(target)}${near} (${where}${last})`, {
    hint: `look at ${lookAt}; if it is of just now, have production archive its WAL with select pg_switch_wal(), and try again`,
  });
}

/** PostgreSQL compares a target only with the ends of whole transactions, and would go on to the end of the archive. */
function subtransaction(target: PlannedTarget, around: WalRecord): DrillError {
  const whole = around.xid ?? '?';
  const ended = around.kind === 'commit' ? 'was committed' : 'was rolled back';
  return new DrillError(
    'target-unknown',
    `${targetText(target)} is a subtransaction of ${whole} (of a savepoint, or of a block with EXCEPTION), which ${ended} at LSN ${formatLsn(around.lsn)}${atText(around)}; PostgreSQL stops at whole transactions only`,
    {
      hint:
        around.kind === 'commit'
          ? `name the whole transaction, with --target-xid ${whole}`
          : 'nothing of it is there; name a transaction that was committed, a time or an LSN',
    },
  );
}

function outOfReach(target: PlannedTarget, found: Found, ways: readonly Way[], segmentBytes: number): DrillError {
  const where = `${targetText(target, found.lsn)} is in ${found.segment}`;
  const timeline = timelineOf(found.segment);
  const number = segmentNumberAt(found.lsn, segmentBytes);
  const onTimeline = ways.filter(({ archive }) => archive.spans.some((span) => span.timeline === timeline));
  const behind = onTimeline.find(
    ({ backup, archive: { path } }) =>
      path.gap !== null &&
      (backup.lsnStop ?? 0n) <= found.lsn &&
      (parseSegmentName(path.gap.firstMissing, segmentBytes)?.number ?? 0n) < number,
  );
  const gap = behind?.archive.path.gap ?? null;
  if (gap !== null) {
    return new DrillError(
      'wal-missing',
      `${where}, but WAL segment ${gap.firstMissing} on the way to it is not in the archive`,
      { hint: 'look for the segment in the pg_wal directories and other repositories' },
    );
  }
  const first = onTimeline.at(-1)?.backup;
  if (first && found.lsn < (first.lsnStop ?? 0n)) {
    return new DrillError(
      'target-before-first-backup',
      `${where}, before the first backup set that leads there, ${first.label}, has ended`,
      { hint: 'nothing in this repository leads to it; choose a later target' },
    );
  }
  return new DrillError(
    'target-not-found',
    `${where}, which is not on the way of this recovery: it lies on timeline ${timeline}, behind where that was left`,
    { hint: `to go there: --target-timeline ${timeline}` },
  );
}

function recordText(record: WalRecord): string {
  return `transaction ${record.xid ?? '?'} at LSN ${formatLsn(record.lsn)}${atText(record)}`;
}

function atText({ at }: WalRecord): string {
  return at === null ? '' : ` (${formatInstant(at)})`;
}
