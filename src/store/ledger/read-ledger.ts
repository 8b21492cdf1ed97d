import { existsSync, readFileSync } from 'node:fs';
import { parseLine, type LedgerLine } from './line.ts';

/** The lines of a ledger that can be read, in order, and how many cannot. */
export interface LedgerRead {
  readonly lines: readonly LedgerLine[];
  readonly unreadable: number;
}

/**
 * Reads a ledger for a list or a picture. It takes the lines as they stand; whether nothing was changed is for `drill
 * evidence verify` to say. What is behind the last newline is being written just now, or was never finished.
 */
export function readLedger(path: string): LedgerRead {
  if (!existsSync(path)) return { lines: [], unreadable: 0 };
  const texts = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  const lines = texts.flatMap((text) => {
    try {
      return [parseLine(text)];
    } catch {
      return [];
    }
  });
  return { lines, unreadable: texts.length - lines.length };
}
