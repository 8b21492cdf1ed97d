import { earlier } from '../../core/earlier.ts';
import type { BackupSet } from '../../pgbackrest/info.ts';
import type { BackupAge } from '../../report/selection.ts';

/** A combination that a drill could be run with, and what is on record of it (ISO 8601, UTC). */
export interface Turn {
  readonly repo: number;
  /** Null: the repository told of no backup set, so that whatever is newest there is to be drilled. */
  readonly backup: string | null;
  readonly age: BackupAge | null;
  /** The kind of target. */
  readonly target: string;
  /** When the last drill of it that passed began; null: none has. */
  readonly lastPassedAt: string | null;
  /** When the last drill of it began, however it ended; null: none has. */
  readonly lastTriedAt: string | null;
}

/** A backup set, and the sets that it is among. */
export interface TakenSet {
  readonly backup: BackupSet;
  readonly backups: readonly BackupSet[];
}

/**
 * The combination whose turn it is: the one that was proven longest ago, or never. Of several that never were the one that was
 * tried longest ago, or never; then the first of them in their order. Null: there is none.
 */
export function nextTurn<T extends Turn>(turns: readonly T[]): T | null {
  const [first = null] = turns.toSorted(
    (a, b) => earlier(a.lastPassedAt, b.lastPassedAt) || earlier(a.lastTriedAt, b.lastTriedAt),
  );
  return first;
}

/** Why it is its turn, in a sentence. `left`: how many were left out. */
export function turnReason({ lastPassedAt, lastTriedAt, ...turn }: Turn, count: number, left: number): string {
  const proven =
    lastPassedAt !== null
      ? `was proven longest ago, at ${lastPassedAt}`
      : lastTriedAt === null
        ? 'was never proven'
        : 'was never proven, though it was tried';
  const others = left === 0 ? '' : `; ${left} could not be drilled and ${left === 1 ? 'was' : 'were'} left out`;
  return `of ${count} combinations of repository, age of the backup and kind of target this one (${turnText(turn)}) ${proven}${others}`;
}

function turnText({ repo, age, target }: Pick<Turn, 'repo' | 'age' | 'target'>): string {
  return `repository ${repo}, ${age === null ? 'no backup' : `${age} backup`}, target ${target}`;
}
