import { madeFalse, type Flip } from './flips.ts';
import type { Range } from './range.ts';

/** A change of the predicate that has to be looked into, with a restore of its own. */
export interface Narrowed {
  readonly flip: Flip;
  readonly range: Range;
  /** Every transaction that changed something is a candidate: of those that were taken for candidates none did it. */
  readonly all: boolean;
}

/**
 * The change to look into next: where only some places were asked, and where something changed though no candidate ended. Of several
 * the last that made the predicate false: what is false now has been so since. Null: there is none, or nothing more would come out.
 */
export function narrowed(flips: readonly Flip[], { isEach, all }: { isEach: boolean; all: boolean }): Narrowed | null {
  const open = isEach ? flips.filter(({ candidates }) => candidates.length === 0) : flips;
  const flip = open.findLast(madeFalse) ?? open.at(-1);
  if (flip === undefined || (isEach && all)) return null;
  return { flip, range: { start: flip.before.point, end: flip.after.point }, all: all || isEach };
}
