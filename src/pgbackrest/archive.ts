import { z } from 'zod';
import { DrillError } from '../core/errors.ts';
import { parseHistory, type TimelineFork } from '../postgres/timeline-history.ts';
import type { PgBackRest } from './pgbackrest.ts';
import { SegmentTable, type ArchivedSegments } from './segment-table.ts';

/** What the archive of one database held at one moment. */
export interface ArchiveListing {
  readonly archiveId: string;
  readonly segments: ArchivedSegments;
  /** Timelines that have a history file. */
  readonly histories: readonly number[];
}

const listingSchema = z.record(z.string(), z.looseObject({ type: z.string(), time: z.number().optional() }));

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
  const options = [`--repo=${repo}`, '--recurse'];
  await pgbackrest.readEntries('repo-ls', options, [path], { signal }, (entry) => {
    // "0000000100000000/000000010000000000000001-ddfe…4b43.zst":{"type":"file","size":1561488,"time":1795864362
    const [, file = '', rest = ''] = /"([^"]*)":\{("type":"file".*)$/.exec(entry) ?? [];
    const history = /(?:^|\/)([0-9A-F]{8})\.history$/.exec(file);
    if (history) histories.push(Number(`0x${history[1]}`));
    const [, name, sha1] = /(?:^|\/)([0-9A-F]{24})-([0-9a-f]{40})(?:\.\w+)?$/.exec(file) ?? [];
    if (name === undefined || sha1 === undefined || !wanted(name)) return;
    segments.add(name, sha1, Number(/"time":(\d+)/.exec(rest)?.[1] ?? 0));
  });
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
