import type { FileNode } from '../postgres/wal-line.ts';
import type { Point } from './range.ts';

/** What a transaction did, by the file of each relation and the kind of record: how many. */
export type Counts = Map<FileNode, Map<string, number>>;

/** What the WAL tells of one transaction, or subtransaction, until it ends. */
export interface Touched {
  readonly counts: Counts;
  /** Files that it made. */
  readonly made: Set<FileNode>;
  /** Right before it first took an access exclusive lock, which keeps the predicate from being asked; null: it took none. */
  lockedAt: Point | null;
}

export function untouched(): Touched {
  return { counts: new Map(), made: new Set(), lockedAt: null };
}

/** One more record of a kind. */
export function count(counts: Counts, file: FileNode, kind: string, records = 1): void {
  const kinds = counts.get(file) ?? new Map<string, number>();
  kinds.set(kind, (kinds.get(kind) ?? 0) + records);
  counts.set(file, kinds);
}

/** What a transaction and its subtransactions did together. */
export function together(parts: readonly Touched[]): Touched {
  const all = untouched();
  for (const { counts, made, lockedAt } of parts) {
    for (const [file, kinds] of counts) for (const [kind, records] of kinds) count(all.counts, file, kind, records);
    for (const file of made) all.made.add(file);
    if (lockedAt !== null && (all.lockedAt === null || lockedAt.before < all.lockedAt.before)) all.lockedAt = lockedAt;
  }
  return all;
}
