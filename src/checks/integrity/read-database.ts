import { blockIn, faultText, withoutQuoted } from '../../postgres/data-fault.ts';
import { codeOfFault } from './ask.ts';
import type { FindingList } from './findings.ts';
import type { PartContext } from './part.ts';
import { runToTheEnd } from './program.ts';
import { doneIn, errorIn, errorOfDump, readScript, shareOut, type ReadTable } from '../../postgres/read-script.ts';

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
const DUMP = ['pg_dump', '--no-password', '--format=plain', '--file=/dev/null', '--exclude-table-data=*.*'];

async function dumpWithoutRows(context: PartContext, database: string, findings: FindingList): Promise<void> {
  let error: ReturnType<typeof errorOfDump> = null;
  const env = context.sessions.environment(database, null);
  const result = await runToTheEnd(context, DUMP, findings, {
    env: { ...env, PGDATABASE: database },
    role: 'check',
    onLine: (line) => {
      error ??= errorOfDump(line);
    },
  });
  if (result === null || result.exitCode === 0) return;
  const { message, isDamage } = error ?? { message: `it ended with ${result.exitCode ?? '?'}`, isDamage: false };
  findings.add(isDamage ? 'schema-unreadable' : 'not-examined', `pg_dump: ${withoutQuoted(message).slice(0, 200)}`, {
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
  const failed = new Set<number>();
  let done = 0;
  const env = context.sessions.environment(database, null);
  const result = await runToTheEnd(context, words, findings, {
    env: { ...env, PGDATABASE: database },
    role: 'check',
    onLine: (line, stream) => {
      if (stream === 'out') {
        const index = doneIn(line);
        if (index === null) return;
        done += 1;
        onRead(tables[index]?.bytes ?? 0);
        return;
      }
      const error = errorIn(line);
      const table = error && tables[error.table];
      if (!error || !table || failed.has(error.table)) return;
      failed.add(error.table);
      const relation = `${table.schema}.${table.name}`;
      const where = { database, relation, block: blockIn(error.message) };
      findings.add(codeOfFault(error), `${relation}: ${faultText(error)}`, where);
    },
  });
  // The server went, or psql did: what was not read was not examined, whatever the rest says.
  if (result !== null && done < tables.length)
    findings.add(
      'not-examined',
      `${tables.length - done} tables were not read: psql ended with ${result.exitCode ?? '?'}`,
      { database },
    );
}
