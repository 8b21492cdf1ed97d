import { blockIn, faultText, withoutQuoted } from '../../postgres/data-fault.ts';
import { codeOfFault } from './ask.ts';
import type { FindingCode, FindingList } from './findings.ts';
import { LOCK_WAIT, type PartContext } from './part.ts';
import { programEnvironment, runToTheEnd } from './program.ts';
import { doneIn, errorIn, errorOfDump, readScript, shareOut, type ReadTable } from '../../postgres/read-script.ts';
import { shortened } from '../../core/shortened.ts';

/**
 * Reads all of one database, and writes none of it: pg_dump reads the catalogs and the large objects, and psql every table with the
 * COPY of pg_dump, all at once. A directory dump cannot go to /dev/null. No snapshot is shared: nobody writes to the copy.
 */
export async function readDatabase(
  context: PartContext,
  {
    database,
    tables,
    script,
  }: { readonly database: string; readonly tables: readonly ReadTable[]; readonly script: string },
  findings: FindingList,
  onRead: (bytes: number) => void,
): Promise<void> {
  const shares = shareOut(tables, context.jobs);
  await Promise.all([
    dumpWithoutRows(context, database, findings),
    ...shares.map((share, index) =>
      readTables(context, { database, tables: share, script: `${script}.${index}` }, findings, onRead),
    ),
  ]);
}

/** pg_dump reads large objects as well, unless it is told which tables to take. */
const DUMP = [
  'pg_dump',
  '--no-password',
  '--format=plain',
  '--file=/dev/null',
  '--exclude-table-data=*.*',
  `--lock-wait-timeout=${LOCK_WAIT}`,
];

async function dumpWithoutRows(context: PartContext, database: string, findings: FindingList): Promise<void> {
  let error: ReturnType<typeof errorOfDump> = null;
  const result = await runToTheEnd(context, DUMP, findings, {
    env: programEnvironment(context, database),
    role: 'check',
    onLine: (line) => {
      error ??= errorOfDump(line);
    },
  });
  if (result === null || result.exitCode === 0) return;
  const { message, isDamage } = error ?? { message: `it ended with ${result.exitCode ?? '?'}`, isDamage: false };
  findings.add(isDamage ? 'schema-unreadable' : 'not-examined', `pg_dump: ${shortened(withoutQuoted(message), 200)}`, {
    database,
  });
}

interface Share {
  readonly database: string;
  readonly tables: readonly ReadTable[];
  readonly script: string;
}

async function readTables(
  context: PartContext,
  { database, tables, script }: Share,
  findings: FindingList,
  onRead: (bytes: number) => void,
): Promise<void> {
  await context.host.writeFile(script, readScript(tables), 0o600);
  const words = ['psql', '--no-psqlrc', '--no-password', '--quiet', '--output=/dev/null', `--file=${script}`];
  const reading = new Reading(database, tables, findings, onRead);
  const result = await runToTheEnd(context, words, findings, {
    env: programEnvironment(context, database),
    role: 'check',
    onLine: (line, stream) => (stream === 'out' ? reading.pushOutput(line) : reading.pushError(line)),
  });
  if (result !== null) reading.end();
}

/** What one psql says while it reads its share of the tables. */
class Reading {
  readonly #database: string;
  readonly #tables: readonly ReadTable[];
  readonly #findings: FindingList;
  readonly #onRead: (bytes: number) => void;
  /** Tables whose error is among the findings. */
  readonly #told = new Set<number>();
  readonly #done = new Map<number, { readonly failed: boolean }>();

  constructor(database: string, tables: readonly ReadTable[], findings: FindingList, onRead: (bytes: number) => void) {
    this.#database = database;
    this.#tables = tables;
    this.#findings = findings;
    this.#onRead = onRead;
  }

  pushOutput(line: string): void {
    const done = doneIn(line);
    if (done === null) return;
    this.#done.set(done.table, done);
    this.#onRead(this.#tables[done.table]?.bytes ?? 0);
  }

  pushError(line: string): void {
    const error = errorIn(line);
    if (error === null || this.#told.has(error.table)) return;
    this.#told.add(error.table);
    this.#add(codeOfFault(error), error.table, faultText(error), blockIn(error.message));
  }

  /** What was not read, or not without an error, was not examined, whatever else was said. */
  end(): void {
    for (const index of this.#tables.keys()) {
      const done = this.#done.get(index);
      if (this.#told.has(index) || done?.failed === false) continue;
      this.#add('not-examined', index, done ? 'psql does not say why it could not be read' : 'it was not read', null);
    }
  }

  #add(code: FindingCode, index: number, text: string, block: number | null): void {
    const table = this.#tables[index];
    const relation = table === undefined ? null : `${table.schema}.${table.name}`;
    this.#findings.add(code, `${relation ?? '?'}: ${text}`, { database: this.#database, relation, block });
  }
}
