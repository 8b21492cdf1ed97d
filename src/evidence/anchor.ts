import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DrillError } from '../core/errors.ts';
import { LEDGER_FILE } from '../store/ledger/ledger.ts';
import { lineHash, parseLine } from '../store/ledger/line.ts';
import type { Problem } from './verify/problem.ts';

/** How far a ledger goes, as it is kept outside: in a ticket, in a mail, on paper. */
export interface Anchor {
  /** The id of the ledger. */
  readonly ledger: string;
  readonly lines: number;
  /** Of the last of them. */
  readonly sha256: string;
}

/** `…:412:9f86…`: one word, so that it can be copied. */
export function anchorText({ ledger, lines, sha256 }: Anchor): string {
  return `${ledger}:${lines}:${sha256}`;
}

/** Reads it again. Throws `plan-invalid` for anything else. */
export function parseAnchor(text: string): Anchor {
  const [, ledger = '', lines = '', sha256 = ''] = /^([0-9a-f-]+):([1-9]\d*):([0-9a-f]{64})$/.exec(text.trim()) ?? [];
  if (sha256 !== '') return { ledger, lines: Number(lines), sha256 };
  throw new DrillError('plan-invalid', `--anchored: "${text}" is no anchor`, {
    hint: 'give the word that drill evidence verify --anchor has printed',
  });
}

/** What is wrong with a ledger that was once anchored. It may be longer since, and nothing else. */
export function verifyAnchor(reports: string, anchor: Anchor, id: string | null): Problem[] {
  if (id !== null && id !== anchor.ledger) return wrong(1, `it is another ledger than the one that was anchored`);
  const { first, texts } = linesOf(join(reports, LEDGER_FILE));
  if (anchor.lines < first)
    return wrong(null, `it begins behind the line that was anchored: that is line ${anchor.lines}`);
  const line = texts[anchor.lines - first];
  if (line === undefined) return wrong(null, `the end was cut off: ${anchor.lines} lines were anchored`);
  const at = anchor.lines - first + 1;
  return lineHash(line) === anchor.sha256 ? [] : wrong(at, 'it is not the line that was anchored');
}

function wrong(line: number | null, what: string): Problem[] {
  return [{ file: LEDGER_FILE, line, what }];
}

/** A bundle has the last lines of a ledger alone: `first` is the number of the first that is there. */
function linesOf(path: string): { readonly first: number; readonly texts: readonly string[] } {
  try {
    const texts = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    return { first: parseLine(texts[0] ?? '').line, texts };
  } catch {
    return { first: 1, texts: [] };
  }
}
