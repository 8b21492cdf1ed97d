import { DrillError } from '../core/errors.ts';
import { readHistory, type ArchiveListing } from '../pgbackrest/archive.ts';
import type { BackupSet } from '../pgbackrest/info.ts';
import type { PgBackRest } from '../pgbackrest/pgbackrest.ts';
import { newestTimeline, timelineSpans, walPath, type TimelineSpan, type WalPath } from '../pgbackrest/wal-path.ts';
import type { TimelineChoice } from '../plan/schema.ts';
import { formatLsn } from '../postgres/lsn.ts';
import { parseSegmentName, segmentName, segmentNumberAt } from '../postgres/wal-segment.ts';

/** What the archive held when the run began, as a recovery from one backup set sees it. */
export interface ArchiveState {
  readonly listing: ArchiveListing;
  readonly segmentBytes: number;
  readonly path: WalPath;
  readonly spans: readonly TimelineSpan[];
  /** When the newest segment was archived. */
  readonly newestAt: Date | null;
}

/** Follows the timelines from a backup through a listing of the archive. */
export async function followArchive(
  pgbackrest: PgBackRest,
  listing: ArchiveListing,
  backup: BackupSet,
  choice: TimelineChoice,
  segmentBytes: number,
  signal: AbortSignal,
): Promise<ArchiveState> {
  const start = backup.walStart;
  const from = start === null ? null : (parseSegmentName(start, segmentBytes)?.timeline ?? null);
  if (start === null || from === null) {
    throw new DrillError(
      'backup-set-not-found',
      `the backup set ${backup.label} was taken offline and has no WAL to recover with`,
      {
        hint: 'name another set with --backup',
      },
    );
  }
  const to = targetTimeline(from, choice, listing);
  const forks = from === to ? [] : await readHistory(pgbackrest, backup.repo, listing.archiveId, to, signal);
  const spans = timelineSpans(from, backup.lsnStop ?? 0n, to, forks);
  if (spans === null) {
    throw new DrillError(
      'timeline-mismatch',
      `timeline ${to} does not lead through the backup set ${backup.label}, which is of timeline ${from}`,
      {
        hint: 'a copy may have archived its own timeline; try --target-timeline current, and look for stray .history files',
      },
    );
  }
  const path = walPath({ present: listing.segments, spans, start, segmentBytes });
  const last = path.segments.at(-1);
  const newestAt = last === undefined ? null : (listing.segments.get(last)?.[0]?.archivedAt ?? null);
  return { listing, segmentBytes, path, spans, newestAt };
}

function targetTimeline(from: number, choice: TimelineChoice, listing: ArchiveListing): number {
  if (choice === 'current') return from;
  if (choice === 'latest') return newestTimeline(from, listing.histories);
  if (choice === from || listing.histories.includes(choice)) return choice;
  throw new DrillError('timeline-mismatch', `the archive holds no timeline ${choice}`, {
    hint: `it holds ${[from, ...listing.histories].join(', ')}`,
  });
}

interface Requirement {
  readonly state: ArchiveState;
  readonly backup: BackupSet;
  /** All backups of the repository: a later one whose WAL is gone shows a hole at the end of the archive. */
  readonly backups: readonly BackupSet[];
  /** The newest segment that production says it has archived; null when production is not at hand. */
  readonly productionArchived: string | null;
  /** How far recovery goes: to the backup's own end, to a segment number, to a moment, or to the end of the archive. */
  readonly until:
    | { readonly kind: 'backup' | 'end' }
    | { readonly kind: 'segment'; readonly number: bigint }
    | { readonly kind: 'time'; readonly at: Date };
}

/** Throws `wal-missing` when WAL that the recovery certainly needs is not in the archive. */
export function requireWal(requirement: Requirement): void {
  const { state, backup, until } = requirement;
  const { segments, gap } = state.path;
  const hint =
    'look for the segment in the pg_wal directories and other repositories; until it is back only earlier points can be recovered';
  for (const needed of [backup.walStart, backup.walStop]) {
    if (needed !== null && !segments.includes(needed)) {
      throw new DrillError(
        'wal-missing',
        `WAL segment ${needed}, without which the backup set ${backup.label} cannot become consistent, is not in the archive`,
        { hint },
      );
    }
  }
  if (gap !== null && isBefore(gap, until, state)) {
    const count = gap.missingCount === 1 ? 'is' : `and ${gap.missingCount - 1} after it are`;
    const last = segments.at(-1) ?? 'none';
    throw new DrillError(
      'wal-missing',
      `WAL segment ${gap.firstMissing} ${count} not in the archive, though ${gap.nextPresent} is; recovery would end after ${last}`,
      { hint },
    );
  }
  if (until.kind !== 'end') return;
  requireForks(state, hint);
  const atEnd = segments.at(-1) ?? '';
  const numberOf = (name: string): bigint => parseSegmentName(name, state.segmentBytes)?.number ?? -1n;
  for (const { label, walStop } of requirement.backups) {
    if (walStop !== null && onPath(walStop, state) && numberOf(walStop) > numberOf(atEnd)) {
      throw new DrillError(
        'wal-missing',
        `the archive ends with ${atEnd}, but the backup set ${label} was taken up to ${walStop}: the WAL between is gone`,
        { hint },
      );
    }
  }
  const archived = requirement.productionArchived;
  if (archived !== null && onPath(archived, state) && numberOf(archived) > numberOf(atEnd)) {
    throw new DrillError(
      'wal-missing',
      `the archive ends with ${atEnd}, but production has archived up to ${archived}: the WAL between is gone`,
      { hint },
    );
  }
}

/** A history file proves that production went on along its timeline: the archive must hold how it began. */
function requireForks({ path, spans, segmentBytes }: ArchiveState, hint: string): void {
  for (const [index, { begin, timeline }] of spans.entries()) {
    const number = segmentNumberAt(begin, segmentBytes);
    const names = spans.slice(index).map((span) => segmentName({ timeline: span.timeline, number }, segmentBytes));
    if (index === 0 || names.some((candidate) => path.segments.includes(candidate))) continue;
    const name = segmentName({ timeline, number }, segmentBytes);
    throw new DrillError(
      'wal-missing',
      `timeline ${timeline} begins at LSN ${formatLsn(begin)}, but its first WAL segment ${name} is not in the archive, which ends with ${path.segments.at(-1) ?? 'none'}`,
      { hint: `if production was failed over just now, wait until it has archived; else ${hint}` },
    );
  }
}

function isBefore(
  gap: NonNullable<WalPath['gap']>,
  until: Requirement['until'],
  { segmentBytes, listing }: ArchiveState,
): boolean {
  switch (until.kind) {
    case 'end':
      return true;
    case 'backup':
      return false; // The backup's own segments were looked for by name.
    case 'segment':
      return (parseSegmentName(gap.firstMissing, segmentBytes)?.number ?? 0n) <= until.number;
    case 'time': {
      // What was archived by then was written before: the hole lies before the target.
      const next = listing.segments.get(gap.nextPresent)?.[0]?.archivedAt;
      return next !== undefined && next <= until.at;
    }
  }
}

function onPath(segment: string, { spans, segmentBytes }: ArchiveState): boolean {
  return parseSegmentName(segment, segmentBytes)?.timeline === spans.at(-1)?.timeline;
}
