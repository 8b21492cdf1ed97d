import { z } from 'zod';
import { DrillError } from '../core/errors.ts';
import { parseHistory, type TimelineFork } from '../postgres/timeline-history.ts';
import type { PgBackRest } from './pgbackrest.ts';
import { understood } from './understood.ts';
import { SegmentTable, type ArchivedSegments } from './segment-table.ts';

/** What the archive of one database held at one moment. */
export interface ArchiveListing {
  readonly archiveId: string;
  readonly segments: ArchivedSegments;
  /** Timelines that have a history file. */
  readonly histories: readonly number[];
  /** Segments that a promoted server found unfinished on the timeline that it left, which it archives as `NAME.partial`. */
  readonly partials: readonly ArchivedPartial[];
}

/** What shows that somebody left the timeline of a segment in that segment, for a new one. */
export interface ArchivedPartial {
  /** Of the segment. */
  readonly name: string;
  readonly archivedAt: Date;
}

const listingSchema = z.record(z.string(), z.looseObject({ type: z.string(), time: z.number().optional() }));

/** `,"0000000100000000/000000010000000000000001-ddfe…4b43.zst":{"type":"file","size":1561488,"time":1795864362` */
const SEGMENT = /^,"[0-9A-F]{16}\/([0-9A-F]{24})-([0-9a-f]{40})(?:\.\w+)?":\{"type":"file"(?:.*"time":(\d+))?/;
const PARTIAL = /^,"[0-9A-F]{16}\/([0-9A-F]{24})\.partial-[0-9a-f]{40}(?:\.\w+)?":\{"type":"file"(?:.*"time":(\d+))?/;
const HISTORY = /^,"([0-9A-F]{8})\.history":\{"type":"file"/;

/**
 * Lists the whole archive, or the segments whose names are wanted; a path that does not exist is an empty listing (exit 0
 * in 2.45 to 2.60). A year of segments is 100 MB of JSON in one line, so it is read entry by entry.
 */
export async function listArchive(
  pgbackrest: PgBackRest,
  repo: number,
  archiveId: string,
  signal: AbortSignal,
  wanted: (name: string) => boolean = () => true,
): Promise<ArchiveListing> {
  const path = `archive/${pgbackrest.stanza}/${archiveId}`;
  const segments = new SegmentTable();
  const histories: number[] = [];
  const partials: ArchivedPartial[] = [];
  const options = [`--repo=${repo}`, '--recurse'];
  await pgbackrest.readEntries('repo-ls', options, [path], { signal }, (entry) => {
    const [, name, sha1, time] = SEGMENT.exec(entry) ?? [];
    const history = name === undefined ? HISTORY.exec(entry)?.[1] : undefined;
    if (history !== undefined) histories.push(Number(`0x${history}`));
    const [, partial, partialTime] = (name === undefined && PARTIAL.exec(entry)) || [];
    if (partial !== undefined) partials.push({ name: partial, archivedAt: new Date(Number(partialTime ?? 0) * 1000) });
    if (name !== undefined && sha1 !== undefined && wanted(name)) segments.add(name, sha1, Number(time ?? 0));
  });
  return { archiveId, segments, histories: histories.toSorted((a, b) => a - b), partials };
}

/** The names of the history files in the archive, for the proof that a run added none. */
export async function listHistories(
  pgbackrest: PgBackRest,
  repo: number,
  archiveId: string,
  signal: AbortSignal,
): Promise<string[]> {
  const path = `archive/${pgbackrest.stanza}/${archiveId}`;
  const said = await pgbackrest.readJson('repo-ls', [`--repo=${repo}`], [path], { signal });
  const files = understood('repo-ls', listingSchema, said);
  return Object.keys(files)
    .filter((name) => name.endsWith('.history'))
    .toSorted();
}

/** The name of the history file of a timeline. */
export function historyName(timeline: number): string {
  return `${timeline.toString(16).toUpperCase().padStart(8, '0')}.history`;
}

/** The forks that led to a timeline, oldest first, from its history file (never compressed; repo-get decrypts it). */
export async function readHistory(
  pgbackrest: PgBackRest,
  repo: number,
  archiveId: string,
  timeline: number,
  signal: AbortSignal,
): Promise<TimelineFork[]> {
  const file = historyName(timeline);
  const path = `archive/${pgbackrest.stanza}/${archiveId}/${file}`;
  const forks = parseHistory(await pgbackrest.read('repo-get', [`--repo=${repo}`], [path], { signal }));
  // Every timeline but the first came from another one: without a line of it the file was cut or emptied.
  if (forks === null || forks.length === 0) {
    throw new DrillError('wal-unreadable', `the timeline history ${file} in the archive cannot be understood`, {
      hint: `look for an unharmed ${file} in the pg_wal directories and other repositories; --target-timeline leads along another timeline`,
    });
  }
  return forks;
}
