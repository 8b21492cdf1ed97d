import { z } from 'zod';
import { DrillError } from '../core/errors.ts';
import { parseHistory, type TimelineFork } from '../postgres/timeline-history.ts';
import type { PgBackRest } from './pgbackrest.ts';

/** A WAL segment in the archive. */
export interface ArchivedSegment {
  readonly name: string;
  /** The SHA-1 of its content, from its file name; archive-get does not compare it. */
  readonly sha1: string;
  readonly archivedAt: Date;
}

/** What the archive of one database held at one moment. */
export interface ArchiveListing {
  readonly archiveId: string;
  /** By name. A segment that was archived twice with different content appears with the SHA-1 of each. */
  readonly segments: ReadonlyMap<string, readonly ArchivedSegment[]>;
  /** Timelines that have a history file. */
  readonly histories: readonly number[];
}

const listingSchema = z.record(z.string(), z.looseObject({ type: z.string(), time: z.number().optional() }));

/** Lists the whole archive; a path that does not exist is an empty listing (exit 0 in 2.45 to 2.60). */
export async function listArchive(
  pgbackrest: PgBackRest,
  repo: number,
  archiveId: string,
  signal: AbortSignal,
): Promise<ArchiveListing> {
  const path = `archive/${pgbackrest.stanza}/${archiveId}`;
  const files = listingSchema.parse(
    await pgbackrest.readJson('repo-ls', [`--repo=${repo}`, '--recurse'], [path], { signal }),
  );
  const segments = new Map<string, ArchivedSegment[]>();
  const histories: number[] = [];
  for (const [file, { time }] of Object.entries(files)) {
    const segment = /(?:^|\/)([0-9A-F]{24})-([0-9a-f]{40})(?:\.\w+)?$/.exec(file);
    const history = /(?:^|\/)([0-9A-F]{8})\.history$/.exec(file);
    if (history) histories.push(Number(`0x${history[1]}`));
    const [, name, sha1] = segment ?? [];
    if (name === undefined || sha1 === undefined) continue;
    segments.set(name, [...(segments.get(name) ?? []), { name, sha1, archivedAt: new Date((time ?? 0) * 1000) }]);
  }
  return { archiveId, segments, histories: histories.toSorted((a, b) => a - b) };
}

/** The names of the history files in the archive, for the proof that a run added none. */
export async function listHistories(
  pgbackrest: PgBackRest,
  repo: number,
  archiveId: string,
  signal: AbortSignal,
): Promise<string[]> {
  const path = `archive/${pgbackrest.stanza}/${archiveId}`;
  const files = listingSchema.parse(await pgbackrest.readJson('repo-ls', [`--repo=${repo}`], [path], { signal }));
  return Object.keys(files)
    .filter((name) => name.endsWith('.history'))
    .toSorted();
}

/** The forks that led to a timeline, oldest first, from its history file (never compressed; repo-get decrypts it). */
export async function readHistory(
  pgbackrest: PgBackRest,
  repo: number,
  archiveId: string,
  timeline: number,
  signal: AbortSignal,
): Promise<TimelineFork[]> {
  const file = `${timeline.toString(16).toUpperCase().padStart(8, '0')}.history`;
  const path = `archive/${pgbackrest.stanza}/${archiveId}/${file}`;
  const forks = parseHistory(await pgbackrest.read('repo-get', [`--repo=${repo}`], [path], { signal }));
  if (forks === null)
    throw new DrillError('wal-unreadable', `the timeline history ${file} in the archive cannot be understood`);
  return forks;
}
