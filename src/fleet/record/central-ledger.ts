import { randomUUID } from 'node:crypto';
import { version } from '../../core/version.ts';
import { chained, type ChainedLine } from '../../store/ledger/chained.ts';
import { lineHash, type LedgerEntry, type LedgerLine } from '../../store/ledger/line.ts';
import type { Rows } from '../database/database.ts';

/** The last line of the central ledger. `endsAt`: where it ends in the file that all lines would make, with its newline. */
export interface CentralEnd {
  readonly lines: number;
  readonly sha256: string;
  readonly startsAt: number;
  readonly endsAt: number;
}

/** Makes entries for a ledger. `nextNumber` is the number that the next run of a drill gets. */
type MakeEntries = (nextNumber: (drill: string) => Promise<number>) => Promise<readonly LedgerEntry[]>;

/** Only this is waited for: whoever adds to the ledger comes one after the other. */
const LOCK = 0x7064_6c67;

/**
 * Adds to the central ledger, within a transaction: until that has ended nobody else adds anything. What `make` gives is chained to
 * the last line. Gives the lines as they were written.
 */
export async function appendCentral(inside: Rows, make: MakeEntries, now = new Date()): Promise<LedgerLine[]> {
  await inside.rows('select pg_advisory_xact_lock($1::bigint)', [LOCK]);
  const end = await centralEnd(inside);
  const numbers = new Map<string, number>();
  const made = await make(async (drill) => {
    const next = (numbers.get(drill) ?? (await lastNumber(inside, drill))) + 1;
    numbers.set(drill, next);
    return next;
  });
  if (made.length === 0) return [];
  const opening: LedgerEntry[] = end === null ? [opened()] : [];
  const lines = chained([...opening, ...made], { lines: end?.lines ?? 0, hash: end?.sha256 ?? null }, now);
  let startsAt = end?.endsAt ?? 0;
  for (const one of lines) startsAt = await insertLine(inside, one, startsAt);
  return lines.slice(opening.length).map(({ line }) => line);
}

/** Where the central ledger ends; null: it has no line. */
export async function centralEnd(inside: Rows): Promise<CentralEnd | null> {
  const [last] = await inside.rows<Record<'line' | 'sha256' | 'starts_at' | 'ends_at', string>>(
    `select line::text, sha256, starts_at::text, (starts_at + octet_length(text) + 1)::text as ends_at
       from pgdrill.ledger_line order by pgdrill.ledger_line.line desc limit 1`,
  );
  if (last === undefined) return null;
  const { line, sha256, starts_at: startsAt, ends_at: endsAt } = last;
  return { lines: Number(line), sha256, startsAt: Number(startsAt), endsAt: Number(endsAt) };
}

/** The SHA-256 of a line of the central ledger; null: there is no such line. */
export async function centralLineHash(inside: Rows, line: number): Promise<string | null> {
  const [found] = await inside.rows<{ sha256: string }>('select sha256 from pgdrill.ledger_line where line = $1', [
    line,
  ]);
  return found?.sha256 ?? null;
}

async function lastNumber(inside: Rows, drill: string): Promise<number> {
  const [found] = await inside.rows<{ number: number | null }>(
    'select max(number) as number from pgdrill.ledger_line where drill = $1',
    [drill],
  );
  return found?.number ?? 0;
}

function opened(): LedgerEntry {
  return { kind: 'opened', ledger: randomUUID(), pgdrill: version(), after: null };
}

/** Gives where the next line begins. */
async function insertLine(inside: Rows, { line, text }: ChainedLine, startsAt: number): Promise<number> {
  const bytes = Buffer.from(text);
  const about = { drill: null, run: null, number: null, ...line };
  await inside.rows(
    `insert into pgdrill.ledger_line (line, text, sha256, starts_at, kind, drill, run_id, number)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [line.line, bytes, lineHash(text), startsAt, line.kind, about.drill, about.run, about.number],
  );
  return startsAt + bytes.length + 1;
}
