import type { DatabaseState, RelationState, State } from './state.ts';

/** What differs between the state of a run and that of the one before; names have the database before them. */
export interface Differences {
  /** Databases and relations that are not there any more. */
  readonly gone: readonly string[];
  readonly fewer: readonly Fewer[];
  /** Relations, and databases by their functions, that are defined otherwise. */
  readonly changed: readonly string[];
}

interface Fewer {
  readonly name: string;
  readonly before: number;
  readonly now: number;
  /** Counted; else by the estimates of PostgreSQL. */
  readonly exact: boolean;
}

/** How much may be lost: percents of the rows. */
export interface Limits {
  readonly fewer: number;
  /** For a relation that was counted, by database and name. */
  readonly fewerOf: (database: string, relation: string) => number;
}

/** Estimates of a small table are a matter of chance. */
const FEWEST_ESTIMATED = 1000;

/** Compares two states of one cluster. What is new is no difference. */
export function compareStates(before: State, now: State, limits: Limits): Differences {
  const pairs = before.databases.map((old) => ({ old, found: now.databases.find(({ name }) => name === old.name) }));
  const there = pairs.flatMap(({ old, found }) => (found ? [{ old, found }] : []));
  const relations = there.flatMap(({ old, found }) => pairsOf(old, found));
  return {
    gone: [
      ...pairs.filter(({ found }) => !found).map(({ old }) => `database ${old.name}`),
      ...relations.filter(({ now: found }) => !found).map(({ database, before: old }) => `${database}: ${old.name}`),
    ],
    fewer: relations.flatMap((pair) => fewerOf(pair, limits)),
    changed: [
      ...relations
        .filter(({ before: old, now: found }) => found && (found.schema !== old.schema || found.kind !== old.kind))
        .map(({ database, before: old }) => `${database}: ${old.name}`),
      ...there
        .filter(({ old, found }) => old.functions !== found.functions)
        .map(({ old }) => `functions of ${old.name}`),
    ],
  };
}

interface Pair {
  readonly database: string;
  readonly before: RelationState;
  readonly now: RelationState | undefined;
}

function pairsOf(old: DatabaseState, found: DatabaseState): Pair[] {
  const byName = new Map(found.relations.map((relation) => [relation.name, relation]));
  return old.relations.map((before) => ({ database: old.name, before, now: byName.get(before.name) }));
}

function fewerOf({ database, before, now }: Pair, limits: Limits): Fewer[] {
  if (!now) return [];
  const name = `${database}: ${before.name}`;
  if (before.exactRows !== null && now.exactRows !== null) {
    const least = before.exactRows * (1 - limits.fewerOf(database, before.name) / 100);
    return now.exactRows < least ? [{ name, before: before.exactRows, now: now.exactRows, exact: true }] : [];
  }
  if (before.rows === null || now.rows === null || before.rows < FEWEST_ESTIMATED) return [];
  const least = before.rows * (1 - limits.fewer / 100);
  return now.rows < least ? [{ name, before: before.rows, now: now.rows, exact: false }] : [];
}
