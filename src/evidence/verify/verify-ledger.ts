import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import { checkChain } from '../../store/ledger/chain.ts';
import { LEDGER_FILE } from '../../store/ledger/ledger.ts';
import { lineHash, parseLine, type LedgerLine } from '../../store/ledger/line.ts';
import { LEDGER_HEAD_FILE, ownHeadFile, readHead, type SignedHead } from '../statements/ledger-head.ts';
import { problemWith, type Problem } from './problem.ts';
import { isThere, textOf } from './read-file.ts';
import { signedStatement } from './signed-statement.ts';
import type { Trust } from './trust.ts';

/** A line of a ledger that can be read, with its place in the file and its hash. */
export interface PlacedLine {
  readonly at: number;
  readonly sha256: string;
  readonly line: LedgerLine;
}

/** What a ledger holds, and what is wrong with it. */
export interface VerifiedLedger {
  readonly id: string | null;
  readonly lines: readonly PlacedLine[];
  /** How many there are in the file, and how many of the ledger are before the first of them. */
  readonly count: number;
  readonly before: number;
  /** How far it was signed; null: it was not, or nothing that can be trusted says so. */
  readonly head: SignedHead | null;
  readonly problems: readonly Problem[];
}

/** Checks the chain of a ledger, or of its last part, and that it still goes on from where it was signed. */
export function verifyLedger(reports: string, trust: Trust, extent: 'whole' | 'part' = 'whole'): VerifiedLedger {
  const path = join(reports, LEDGER_FILE);
  let text: string;
  try {
    text = ledgerText(path);
  } catch (error) {
    const problems = [problemWith(LEDGER_FILE, messageOf(error))];
    return { id: null, lines: [], count: 0, before: 0, head: null, problems };
  }
  const texts = text.split('\n').slice(0, -1);
  const lines = texts.flatMap((one, index) => placed(one, index + 1));
  const chain = checkChain(text, extent).faults.map(({ line, what }) => ({ file: LEDGER_FILE, line, what }));
  const first = lines[0]?.line;
  const opened = first?.kind === 'opened' ? first : null;
  const lost: Problem[] = opened?.after
    ? [at(1, `an earlier ledger, of ${opened.after.lines} lines, is no longer there`)]
    : [];
  const before = extent === 'part' ? (first?.line ?? 1) - 1 : 0;
  const { head, problems } = verifyHead(
    reports,
    { lines, texts, before, isWhole: extent === 'whole', id: opened?.ledger ?? null },
    trust,
  );
  return {
    id: opened?.ledger ?? (extent === 'part' ? (head?.ledger ?? null) : null),
    lines,
    count: texts.length,
    before,
    head,
    problems: [...notUtf8(path, text), ...chain, ...lost, ...problems],
  };
}

/** What cannot be read as text is in it as it can be: which line that is, is told apart. */
function ledgerText(path: string): string {
  try {
    return textOf(path);
  } catch (error) {
    if (!messageOf(error).includes('UTF-8')) throw error;
    return readFileSync(path, 'utf8');
  }
}

function notUtf8(path: string, text: string): Problem[] {
  const bytes = readFileSync(path);
  if (Buffer.from(text).equals(bytes)) return [];
  const found: Problem[] = [];
  for (let start = 0, line = 1; start < bytes.length; line += 1) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline;
    const piece = bytes.subarray(start, end);
    if (!Buffer.from(piece.toString('utf8')).equals(piece)) found.push(at(line, 'it is no UTF-8: it was changed'));
    start = end + 1;
  }
  return found;
}

function placed(text: string, line: number): PlacedLine[] {
  try {
    return [{ at: line, sha256: lineHash(text), line: parseLine(text) }];
  } catch {
    return [];
  }
}

function at(line: number, what: string): Problem {
  return { file: LEDGER_FILE, line, what };
}

/** The second line tells whether the first one, which holds the id, is as it was. */
function otherLedger([first, second]: readonly PlacedLine[]): Problem {
  return second !== undefined && second.line.previous !== first?.sha256
    ? at(1, 'it is not the line that was signed')
    : problemWith(LEDGER_HEAD_FILE, 'it is about another ledger');
}

interface ReadLedger {
  readonly id: string | null;
  readonly lines: readonly PlacedLine[];
  readonly texts: readonly string[];
  readonly before: number;
  /** False: it is the last part alone, in a bundle, where the heads of each key are not. */
  readonly isWhole: boolean;
}

function verifyHead(reports: string, ledger: ReadLedger, trust: Trust): Pick<VerifiedLedger, 'head' | 'problems'> {
  const { lines, id } = ledger;
  const signed = lines.filter(({ line }) => line.kind === 'ended' && line.key !== null);
  const path = join(reports, LEDGER_HEAD_FILE);
  // Whoever names a key wants it to vouch for something: else all signatures could be taken away together.
  if (signed.length === 0 && !isThere(path) && trust.isOnFirstSight) return { head: null, problems: [] };
  let head: SignedHead;
  try {
    head = readHead(signedStatement(path, trust).statement);
  } catch (error) {
    return { head: null, problems: [problemWith(LEDGER_HEAD_FILE, messageOf(error))] };
  }
  if (id !== null && head.ledger !== id) return { head, problems: [otherLedger(lines)] };
  const problems = [...notAsSigned(head, ledger), ...notCovered(LEDGER_HEAD_FILE, head, signed)];
  return {
    head,
    problems: [...problems, ...(ledger.isWhole ? ownHeads(reports, signed, ledger, trust, problems) : [])],
  };
}

/** What each key has signed about the ledger the last time holds as well: another key can have signed the head since. */
function ownHeads(
  reports: string,
  signed: readonly PlacedLine[],
  ledger: ReadLedger,
  trust: Trust,
  known: readonly Problem[],
): Problem[] {
  const byKey = Map.groupBy(signed, ({ line }) => (line.kind === 'ended' ? (line.key ?? '') : ''));
  return [...byKey]
    .filter(([keyId]) => trust.keys.has(keyId))
    .flatMap(([keyId, own]): Problem[] => {
      const file = ownHeadFile(keyId);
      try {
        const statement = signedStatement(join(reports, file), trust);
        if (statement.keyId !== keyId) throw new Error('it is signed with another key than its name says');
        const head = readHead(statement.statement);
        const wrong = [...notAsSigned(head, ledger), ...notCovered(file, head, own)];
        return wrong.filter((one) => !known.some(({ file: same, line }) => same === one.file && line === one.line));
      } catch (error) {
        return [problemWith(file, messageOf(error))];
      }
    });
}

/** Where the line that was signed stands at another place, the chain says what is wrong before it. */
function notAsSigned({ lines: count, sha256, at: when }: SignedHead, ledger: ReadLedger): Problem[] {
  const { lines, texts, before } = ledger;
  if (lines.some((line) => line.sha256 === sha256)) return [];
  return count > before + texts.length
    ? [at(texts.length + 1, `the end was cut off: ${count} lines were signed at ${when}`)]
    : [at(Math.max(1, count - before), `it is not the line that was signed at ${when}`)];
}

function notCovered(file: string, head: SignedHead, signed: readonly PlacedLine[]): Problem[] {
  const behind = signed.findLast(({ line }) => line.line > head.lines);
  if (!behind) return [];
  const what = `it is older than the ledger: line ${behind.at}, of a signed run, is behind it`;
  return [problemWith(file, what)];
}
