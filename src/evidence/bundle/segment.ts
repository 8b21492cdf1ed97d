import { readFileSync } from 'node:fs';
import { parseLine, type LedgerLine } from '../../store/ledger/line.ts';
import { errorCode } from '../../core/errors.ts';

/** The last lines of a ledger. */
export interface LedgerPart {
  /** As they stand in the file. */
  readonly text: string;
  /** Those of them that can be read. */
  readonly lines: readonly LedgerLine[];
  /** Those before them that can be read. */
  readonly before: readonly LedgerLine[];
}

/**
 * The lines of a ledger from a moment on, to its very end: how far it goes is signed of the last one. One line of before
 * comes with them, so that a reader sees that none was left out between.
 */
export function ledgerPart(path: string, from: string): LedgerPart {
  const text = textIn(path);
  const texts = text.split('\n').slice(0, -1);
  const lines = texts.map(readable);
  const first = lines.findIndex((line) => line !== null && line.at >= from);
  const start = Math.max(0, (first === -1 ? texts.length : first) - 1);
  const torn = text.slice(text.lastIndexOf('\n') + 1);
  return {
    text: `${texts
      .slice(start)
      .map((line) => `${line}\n`)
      .join('')}${torn}`,
    lines: known(lines.slice(start)),
    before: known(lines.slice(0, start)),
  };
}

function known(lines: readonly (LedgerLine | null)[]): LedgerLine[] {
  return lines.filter((line) => line !== null);
}

function textIn(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}

function readable(text: string): LedgerLine | null {
  try {
    return parseLine(text);
  } catch {
    return null;
  }
}
