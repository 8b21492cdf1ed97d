import type { BackupSet } from '../../pgbackrest/info.ts';
import { AGES, type BackupAge } from '../../report/selection.ts';

type Set = Pick<BackupSet, 'label' | 'stoppedAt'>;

/** How old a set is among others: all between the newest and the oldest are of the middle. Null: it is not among them. */
export function backupAge({ label }: Pick<Set, 'label'>, sets: readonly Set[]): BackupAge | null {
  const order = oldestFirst(sets);
  const index = order.findIndex((set) => set.label === label);
  if (index < 0) return null;
  if (index === order.length - 1) return 'newest';
  return index === 0 ? 'oldest' : 'middle';
}

/** A set of each age, as far as there are so many: of the middle the one that has as many before as behind it. */
export function setsByAge<T extends Set>(sets: readonly T[]): { readonly age: BackupAge; readonly set: T }[] {
  const order = oldestFirst(sets);
  const places = { newest: order.length - 1, middle: Math.floor(order.length / 2), oldest: 0 };
  return AGES.flatMap((age) => {
    const set = order[places[age]];
    return set !== undefined && backupAge(set, order) === age ? [{ age, set }] : [];
  });
}

function oldestFirst<T extends Set>(sets: readonly T[]): T[] {
  return sets.toSorted((a, b) => a.stoppedAt.getTime() - b.stoppedAt.getTime() || (a.label < b.label ? -1 : 1));
}
