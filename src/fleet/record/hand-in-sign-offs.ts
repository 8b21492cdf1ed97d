import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../../store/digest.ts';
import { SIGN_OFF_FILE, signOffFile } from '../../store/manifest.ts';
import { readPastSignOffs, type PastSignOff } from '../../store/past-sign-offs.ts';
import type { FleetDatabase, Rows } from '../database/database.ts';
import { appendCentral } from './central-ledger.ts';
import { isPlainFile, sendFile } from './files.ts';

/**
 * Hands in what people have said of runs that are on the central record, each statement once, with its line. Gives how many there were.
 */
export async function handInSignOffs(database: FleetDatabase, reports: string): Promise<number> {
  const said = readPastSignOffs(reports, null);
  if (said.length === 0) return 0;
  const known = await statementsOf(database, said);
  const runs = await runsOf(database, said);
  let count = 0;
  for (const one of said.filter(({ statement, drill, run }) => !known.has(statement) && runs.has(`${drill}/${run}`))) {
    const path = fileOf(reports, one);
    if (path === null) continue;
    await database.transaction((inside) => handInSignOff(inside, path, one));
    count += 1;
  }
  return count;
}

async function handInSignOff(
  inside: Rows,
  path: string,
  { drill, run, by, decision, statement, key }: PastSignOff,
): Promise<void> {
  const [line] = await appendCentral(inside, async () => {
    const number = await numberOf(inside, { drill, run });
    return [{ kind: 'signed-off', drill, run, number, by, decision, statement, key }];
  });
  const before = await inside.rows<{ name: string }>(
    `select name from pgdrill.file where drill = $1 and run_id = $2 and name like 'sign-off.%'`,
    [drill, run],
  );
  const name = signOffFile(before.length + 1);
  await sendFile(inside, path, { drill, run, name }, line?.line ?? null);
}

async function numberOf(inside: Rows, { drill, run }: Pick<PastSignOff, 'drill' | 'run'>): Promise<number> {
  const [found] = await inside.rows<{ number: number }>(
    "select number from pgdrill.ledger_line where drill = $1 and run_id = $2 and kind = 'ended'",
    [drill, run],
  );
  if (found === undefined) throw new Error(`the run ${run} of ${drill} has no line on the central record`);
  return found.number;
}

/** The file of a statement, wherever its number has put it; null: it is not there, or was changed. */
function fileOf(reports: string, { drill, run, statement }: PastSignOff): string | null {
  const folder = join(reports, drill, run);
  const files = readdirSync(folder).filter((name) => SIGN_OFF_FILE.test(name) && isPlainFile(join(folder, name)));
  const name = files.find((file) => digestOf(join(folder, file)).sha256 === statement);
  return name === undefined ? null : join(folder, name);
}

async function statementsOf(database: Rows, said: readonly PastSignOff[]): Promise<Set<string>> {
  const rows = await database.rows<{ sha256: string }>(
    'select sha256 from pgdrill.file where line is not null and sha256 = any($1::text[])',
    [said.map(({ statement }) => statement)],
  );
  return new Set(rows.map(({ sha256 }) => sha256));
}

async function runsOf(database: Rows, said: readonly PastSignOff[]): Promise<Set<string>> {
  const rows = await database.rows<{ drill: string; run_id: string }>(
    'select drill, run_id from pgdrill.run where (drill, run_id) in (select * from unnest($1::text[], $2::text[]))',
    [said.map(({ drill }) => drill), said.map(({ run }) => run)],
  );
  return new Set(rows.map((row) => `${row.drill}/${row.run_id}`));
}
