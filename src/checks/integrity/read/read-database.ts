import { codeOfFault, faultText, withoutQuoted } from '../fault.ts';
import type { FindingList } from '../findings.ts';
import type { PartContext } from '../part.ts';
import { runToTheEnd } from '../program.ts';
import { doneIn, errorIn, readScript, shareOut, type ReadTable } from './script.ts';

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

/** What a server says, behind the words of pg_dump: `pg_dump: error: query failed: ERROR:  …`. */
const OF_SERVER = /ERROR:\s+(.*)$/;

async function dumpWithoutRows(context: PartContext, database: string, findings: FindingList): Promise<void> {
  const said: string[] = [];
  const env = context.sessions.environment(database, null);
  const result = await runToTheEnd(context, DUMP, findings, {
    env: { ...env, PGDATABASE: database },
    role: 'check',
    onLine: (line) => {
      if (line.startsWith('pg_dump: error: ') && said.length < 3) said.push(line);
    },
  });
  if (result === null || result.exitCode === 0) return;
  const line = said.at(0) ?? '';
  const message = OF_SERVER.exec(line)?.[1] ?? line.replace(/^pg_dump: error: /, '');
  const code = DAMAGED.test(message) ? 'schema-unreadable' : 'not-examined';
  findings.add(code, `pg_dump: ${withoutQuoted(message).slice(0, 200) || 'it gave no reason'}`, { database });
}

/** What PostgreSQL (12 to 18) says of damaged catalogs and large objects; pg_dump does not tell their SQLSTATE. */
const DAMAGED =
  /^(?:invalid page in block|could not read block|could not open file|missing chunk number|unexpected chunk|cache lookup failed|compressed \w+ data is corrupt|invalid memory alloc request|could not find|unexpected|failed sanity check|could not access status of transaction|found xmin|corrupted)/;

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
      const block = /\bblock (\d+)/.exec(error.message)?.[1];
      const where = { database, relation, block: block === undefined ? null : Number(block) };
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
