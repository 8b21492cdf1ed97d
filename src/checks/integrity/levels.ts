/** How deep the integrity checks look; each level holds all of those before it. */
export const LEVELS = ['quick', 'standard', 'deep'] as const;

export type Level = (typeof LEVELS)[number];

/** What each level promises, in a sentence. */
export const LEVEL_MEANINGS: Readonly<Record<Level, string>> = {
  quick: 'asks the catalogs and the list of files; reads no table',
  standard: 'reads every page, row and large object, and compares indexes with their tables',
  deep: 'also compares the levels of each index, heap pages with the visibility map, and empty pages with the indexes',
};

/** Whether a level holds what begins at another. */
export function holds(level: Level, from: Level): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(from);
}
