import { timerMs } from '../../core/timer.ts';
import type { Database } from '../../postgres/database.ts';
import { faultOf, faultText, kindOfFault, type Fault, type FaultKind } from '../../postgres/data-fault.ts';
import { jsonOf } from '../../postgres/server-json.ts';
import type { FindingCode, FindingList } from './findings.ts';
import { LOCK_WAIT, type PartContext } from './part.ts';

/** Questions of our own to one database. Both end with the time of the part, and throw what the server says. */
export interface Questions {
  /** Rows of the catalogs as objects, however many there are. */
  readonly list: <T>(sql: string) => Promise<T[]>;
  /** The same for what reads data: it ends with the run, and its answer has to be small. */
  readonly ask: <T>(sql: string) => Promise<T[]>;
}

/**
 * Asks each database that lets us in, one after the other, in transactions that write nothing. What keeps one from an answer is a
 * finding: damage where PostgreSQL says so.
 */
export async function inEachDatabase(
  context: PartContext,
  findings: FindingList,
  work: (name: string, questions: Questions) => Promise<void>,
): Promise<void> {
  const { databases, sessions, signal, onProgress } = context;
  for (const [index, name] of databases.entries()) {
    signal.throwIfAborted();
    onProgress(index / databases.length);
    try {
      await using database = await sessions.of(name);
      await work(name, await questionsTo(database, context));
    } catch (error) {
      signal.throwIfAborted();
      addFault(findings, error, { database: name, relation: null });
    }
  }
}

async function questionsTo(database: Database, { timeoutMs, signal }: PartContext): Promise<Questions> {
  await database.execute(
    `set statement_timeout = ${Math.max(1, timerMs(timeoutMs))}; set lock_timeout = '${LOCK_WAIT}'`,
  );
  return {
    list: async <T>(sql: string): Promise<T[]> => {
      const rows = await database.rows(`select row_to_json(q)::text from (${sql}) q`);
      return rows.map(([text]) => jsonOf(text ?? '') as T);
    },
    ask: async <T>(sql: string): Promise<T[]> => {
      const text = `select coalesce(json_agg(q), '[]') from (${sql}) q`;
      const { rows } = await database.readOnly(text, timeoutMs, signal);
      return jsonOf(rows[0]?.[0] ?? '[]') as T[];
    },
  };
}

/** Puts an error of the server among the findings. */
export function addFault(
  findings: FindingList,
  error: unknown,
  where: { readonly database: string; readonly relation: string | null },
): void {
  const fault = faultOf(error);
  findings.add(codeOfFault(fault), `${where.relation ?? where.database}: ${faultText(fault)}`, where);
}

const CODES: Readonly<Record<FaultKind, FindingCode>> = {
  damaged: 'row-unreadable',
  lacking: 'extension-missing',
  late: 'time-limit',
  unknown: 'not-examined',
};

/** What a fault is as a finding. */
export function codeOfFault(fault: Fault): FindingCode {
  return CODES[kindOfFault(fault)];
}

/** `3 databases`. */
export function databasesText({ databases }: Pick<PartContext, 'databases'>): string {
  return `${databases.length} ${databases.length === 1 ? 'database' : 'databases'}`;
}
