import { LEDGER_VERSION, lineHash, lineText, type LedgerEntry, type LedgerLine } from './line.ts';

/** A line that is to be written, and the text of it, without its newline. */
export interface ChainedLine {
  readonly line: LedgerLine;
  readonly text: string;
}

/** Entries as the lines behind a ledger of so many lines, the last of which has this hash; null: it has none. */
export function chained(
  entries: readonly LedgerEntry[],
  { lines, hash }: { readonly lines: number; readonly hash: string | null },
  now: Date,
): ChainedLine[] {
  let previous = hash;
  return entries.map((entry, index) => {
    const place = { v: LEDGER_VERSION, line: lines + index + 1, previous, at: now.toISOString() } as const;
    const text = lineText(place, entry);
    previous = lineHash(text);
    return { line: { ...place, ...entry }, text };
  });
}
