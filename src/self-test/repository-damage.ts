import { chmodSync, chownSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseSegmentName } from '../postgres/wal-segment.ts';
import type { FaultSite } from './fault.ts';
import { wayOf } from './way.ts';

/** A WAL segment in the archive, and one beside it with other content; null: there is none. */
interface ArchivedSegment {
  readonly file: string;
  readonly other: string | null;
}

const SEGMENT = /^[0-9A-F]{24}-[0-9a-f]{40}/;

/**
 * A segment that the healthy copy was recovered with, and not the last of several: where that one is missing, the archive may only
 * end earlier. Of a number that two timelines have, either may have served, so neither is taken.
 */
export function segmentOnTheWay(
  { repository, control }: FaultSite,
  which: 'any' | 'behind the backup' = 'any',
): ArchivedSegment | { readonly cannot: string } {
  const { archive, stanza } = control.source;
  const way = wayOf(control);
  if (repository === null || archive === null || way === null)
    return { cannot: 'the healthy copy does not say which WAL it needed' };
  const all = segmentsIn(join(repository, 'archive', stanza, archive.id));
  const numberOf = (path: string): bigint =>
    parseSegmentName(basename(path).slice(0, 24), way.segmentBytes)?.number ?? 0n;
  const counts = Map.groupBy(all, numberOf);
  const onTheWay = all.filter((path) => {
    const number = numberOf(path);
    return way.first <= number && number <= way.last && counts.get(number)?.length === 1;
  });
  const behind = onTheWay.filter((path) => numberOf(path) > way.stop);
  const wanted = which === 'any' || behind.length === 0 ? onTheWay : behind;
  const file = wanted[Math.floor((wanted.length - 1) / 2)];
  if (file === undefined) return { cannot: 'no WAL segment is known to be needed' };
  return { file, other: all.find((path) => digestIn(path) !== digestIn(file)) ?? null };
}

/** The SHA-1 in the name of an archived segment, with what follows it. */
function digestIn(path: string): string {
  return basename(path).slice(25);
}

/** The segments of an archive, by their names. */
function segmentsIn(directory: string): string[] {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => SEGMENT.test(basename(name)))
    .map((name) => join(directory, name))
    .toSorted((a, b) => (basename(a) < basename(b) ? -1 : 1));
}

/** What pgBackRest does not restore from the directory of a set, or not as a file of the cluster. */
const NOT_RESTORED = /^(backup\.manifest|tablespace_map)/;

/** The largest file in the directory of the set itself: all of those are restored with it; null: there is none. */
export function largestFileOfSet({ repository, control }: FaultSite): string | null {
  const { backup, stanza } = control.source;
  if (repository === null || backup === null) return null;
  const directory = join(repository, 'backup', stanza, backup.label);
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !NOT_RESTORED.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  const sizes = files.map((file) => ({ file, size: statSync(file).size })).toSorted((a, b) => b.size - a.size);
  return sizes[0]?.file ?? null;
}

/** Takes a file away, into a directory of ours. Gives what puts it back. */
export function takenAway(file: string, aside: string): () => void {
  const kept = join(aside, basename(file));
  renameSync(file, kept);
  return () => renameSync(kept, file);
}

/** Puts a file with other content in the place of one, for the same owner. Gives what puts the first one back. */
export function rewritten(file: string, content: Uint8Array, aside: string): () => void {
  const { uid, gid, mode } = statSync(file);
  const putBack = takenAway(file, aside);
  writeFileSync(file, content, { flag: 'wx' });
  chmodSync(file, mode);
  chownSync(file, uid, gid);
  return () => {
    rmSync(file);
    putBack();
  };
}
