import type { BackupSet } from '../../../pgbackrest/info.ts';
import { formatLsn } from '../../../postgres/lsn.ts';
import { parseSegmentName, segmentName, segmentNumberAt } from '../../../postgres/wal-segment.ts';
import type { ArchiveState } from '../archive-state.ts';
import type { Reach } from '../../../targets/reach.ts';
import { LOOK_FOR_IT, type WalFault } from './wal-fault.ts';

interface OwnWal {
  readonly state: ArchiveState;
  readonly backup: BackupSet;
  /** All backup sets of the repository. */
  readonly sets: readonly BackupSet[];
  readonly reach: Reach;
}

/** What is wrong with the WAL on the way of a recovery itself, the earliest fault first; null: nothing that can be seen. */
export function ownWalFault(own: OwnWal): WalFault | null {
  return ownSegmentsFault(own) ?? duplicateFault(own) ?? gapFault(own) ?? forkFault(own);
}

/** By number: where a fork lies in a segment PostgreSQL reads the newer timeline's, which begins with the same WAL. */
function ownSegmentsFault({ state, backup }: OwnWal): WalFault | null {
  const { segments } = state.path;
  const first = numberOf(segments.at(0) ?? '', state);
  const isThere = (name: string): boolean => numberOf(name, state) - first < BigInt(segments.length);
  const missing = [backup.walStart, backup.walStop].find((name) => name !== null && !isThere(name));
  if (missing === undefined || missing === null) return null;
  return {
    code: 'wal-missing',
    message: `WAL segment ${missing} is not in the archive, and without it the backup set ${backup.label} cannot become consistent`,
    hint: LOOK_FOR_IT,
    missing,
  };
}

/** archive-get refuses such a segment (2.45, exit status 45: `duplicates found in archive for WAL segment`). */
function duplicateFault(own: OwnWal): WalFault | null {
  const { listing, path } = own.state;
  const name = Iterator.from(path.segments).find((one) => (listing.segments.get(one)?.length ?? 0) > 1);
  if (name === undefined || !isReadFor(own, name)) return null;
  const files = (listing.segments.get(name) ?? []).toSorted((a, b) => a.archivedAt.getTime() - b.archivedAt.getTime());
  const differ = new Set(files.map(({ sha1 }) => sha1)).size > 1;
  const times = files.map(({ archivedAt }) => archivedAt.toISOString()).join(' and ');
  return {
    code: 'wal-duplicate',
    message: differ
      ? `WAL segment ${name} was archived ${files.length} times with different content, at ${times}: two servers archive into one stanza, or one was restored and archived its old timeline again`
      : `WAL segment ${name} lies in the archive ${files.length} times, archived at ${times}; pgBackRest delivers no such segment`,
    hint: "stop the server that is not production from archiving, find out which of the files is production's, and take a new full backup",
    missing: null,
    endsAt: name,
  };
}

/** Whether a segment of the path is read before the target is reached. */
function isReadFor({ state, backup, reach }: OwnWal, name: string): boolean {
  switch (reach.kind) {
    case 'end':
      return true;
    case 'backup':
      return numberOf(name, state) <= numberOf(backup.walStop ?? '', state);
    case 'position':
      return numberOf(name, state) <= segmentNumberAt(reach.lsn, state.segmentBytes);
    case 'moment': {
      const before = state.listing.segments.get(state.path.segments.lastBefore(numberOf(name, state)) ?? '')?.[0]
        ?.archivedAt;
      return before === undefined || before <= reach.at;
    }
  }
}

function gapFault(own: OwnWal): WalFault | null {
  const { state, backup, sets } = own;
  const { gap, segments } = state.path;
  if (gap === null || !isGapBefore(own)) return null;
  const last = segments.at(-1) ?? 'none';
  const next = sets.find(({ walStart }) => walStart === gap.nextPresent);
  // Each set keeps its own WAL, and what lies between is gone: that is how repo-retention-archive thins an archive.
  if (next && backup.walStop !== null && numberOf(gap.firstMissing, state) === numberOf(backup.walStop, state) + 1n) {
    return {
      code: 'wal-expired',
      message: `the WAL from ${gap.firstMissing} on up to the backup set ${next.label} was expired on purpose (retention-archive): the backup set ${backup.label} can be recovered to its own end only`,
      hint: `drill it with --target-immediate, or a later point from ${next.label}; a larger repo-retention-archive keeps the WAL`,
      missing: null,
      endsAt: gap.firstMissing,
    };
  }
  const count = gap.missingCount === 1 ? 'is' : `and ${gap.missingCount - 1} after it are`;
  return {
    code: 'wal-missing',
    message: `WAL segment ${gap.firstMissing} ${count} not in the archive, though ${gap.nextPresent} is; recovery would end after ${last}`,
    hint: LOOK_FOR_IT,
    missing: gap.firstMissing,
  };
}

function isGapBefore({ state, reach }: OwnWal): boolean {
  const { gap } = state.path;
  if (gap === null) return false;
  switch (reach.kind) {
    case 'end':
      return true;
    case 'backup':
      return false; // The backup's own segments were looked for by number.
    case 'position':
      return numberOf(gap.firstMissing, state) <= segmentNumberAt(reach.lsn, state.segmentBytes);
    case 'moment': {
      // What was archived by then was written before: the hole lies before the target.
      const next = state.listing.segments.get(gap.nextPresent)?.[0]?.archivedAt;
      return next !== undefined && next <= reach.at;
    }
  }
}

/** A history file proves that production went on along its timeline: the archive must hold how it began. */
function forkFault({ state, reach }: OwnWal): WalFault | null {
  const { path, spans, segmentBytes } = state;
  for (const [index, { timeline, begin }] of spans.entries()) {
    const isPassed = reach.kind === 'end' || (reach.kind === 'position' && reach.lsn > begin);
    const number = segmentNumberAt(begin, segmentBytes);
    const names = spans.slice(index).map((span) => segmentName({ timeline: span.timeline, number }, segmentBytes));
    if (index === 0 || !isPassed || names.some((candidate) => path.segments.includes(candidate))) continue;
    const name = segmentName({ timeline, number }, segmentBytes);
    return {
      code: 'wal-missing',
      message: `timeline ${timeline} begins at LSN ${formatLsn(begin)}, but its first WAL segment ${name} is not in the archive, which ends with ${path.segments.at(-1) ?? 'none'}`,
      hint: `if production was failed over just now, wait until it has archived; else ${LOOK_FOR_IT}`,
      missing: name,
    };
  }
  return null;
}

function numberOf(name: string, { segmentBytes }: ArchiveState): bigint {
  return parseSegmentName(name, segmentBytes)?.number ?? -1n;
}
