/**
 * The word that somebody most likely meant: the one that the fewest changes lead to (a letter put in, left out, replaced,
 * or swapped with its neighbour), if those are few for its length. Null: none is near.
 */
export function nearest(typed: string, candidates: Iterable<string>): string | null {
  const word = typed.toLowerCase();
  let best: { readonly candidate: string; readonly changes: number } | null = null;
  for (const candidate of candidates) {
    const changes = changesBetween(word, candidate.toLowerCase());
    const few = Math.max(1, Math.floor(Math.min(word.length, candidate.length) / 3));
    if (changes <= few && (best === null || changes < best.changes)) best = { candidate, changes };
  }
  return best?.candidate ?? null;
}

/** `; did you mean time?`, or nothing. */
export function didYouMean(typed: string, candidates: Iterable<string>): string {
  const near = nearest(typed, candidates);
  return near === null ? '' : `; did you mean ${near}?`;
}

/** The distance of Damerau and Levenshtein, where no part is changed twice. */
function changesBetween(a: string, b: string): number {
  let twoBack: number[] = [];
  let before = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const now = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      now[column] = Math.min(
        (before[column] ?? 0) + 1,
        (now[column - 1] ?? 0) + 1,
        (before[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (twoBack[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    twoBack = before;
    before = now;
  }
  return before[b.length] ?? 0;
}
