import { dirname, join } from 'node:path';
import { DrillError } from '../../core/errors.ts';
import type { Signer } from '../../evidence/signer.ts';
import type { EndedEntry, LinePlace } from '../../store/ledger/line.ts';
import type { PastRun, RunWithoutReport } from '../../store/past-runs.ts';
import type { FleetDatabase, Rows } from '../database/database.ts';
import { appendCentral } from './central-ledger.ts';
import { sendFile } from './files.ts';
import { handInSignOffs } from './hand-in-sign-offs.ts';
import { beginningOf, filesOf, outboxIn, whyChanged } from './outbox.ts';
import { signHead } from './sign-head.ts';

/** A run, by its names. */
interface Run {
  readonly drill: string;
  readonly run: string;
}

/** What became of the runs that lie in a directory of reports. */
export interface HandedIn {
  /** Those that are on the central record now and were not before, the lost among them. */
  readonly taken: readonly (Run & { readonly number: number })[];
  /** Those that stay where they are, and why. */
  readonly refused: readonly (Run & { readonly why: string })[];
  /** How many statements of people who have looked at a run were added. */
  readonly signOffs: number;
  /** Why the central record is not signed with the key of this worker, though it has one; null: it is. */
  readonly doubt: string | null;
}

/**
 * Hands in every run of a directory of reports that the central record does not have: its files and its line, together or not at all.
 * A run that is there already with the same content is left. Another content under its id is refused, and so is a run of which
 * anything was changed since it ended, or that another key has signed: that key has to vouch for its place. Signs how far the record
 * goes then. What was handed in stays in the directory too.
 */
export async function handIn(database: FleetDatabase, reports: string, signer: Signer | null): Promise<HandedIn> {
  const { ended, lost } = await outboxIn(reports);
  const known = await knownOf(database, ended);
  const taken: (Run & { number: number })[] = [];
  const refused: (Run & { why: string })[] = [];
  for (const run of ended) {
    const there = known.get(nameOf(run));
    const why = there === undefined ? whyNotNew(run, signer) : whyOther(run, there);
    if (why !== null) refused.push({ drill: run.drill, run: run.run, why });
    else if (there === undefined)
      taken.push({ drill: run.drill, run: run.run, number: await handInEnded(database, run) });
  }
  for (const run of await notOnRecord(database, lost)) {
    const number = await handInLost(database, reports, run);
    if (number !== null) taken.push({ drill: run.drill, run: run.run, number });
  }
  const signOffs = await handInSignOffs(database, reports);
  return { taken, refused, signOffs, doubt: signer && (await signHead(database, reports, signer)) };
}

function whyNotNew(run: PastRun, signer: Signer | null): string | null {
  if (run.key !== null && run.key !== signer?.keyId)
    return `it is signed with the key ${run.key}, and has to be handed in with that`;
  return whyChanged(run, dirname(run.file));
}

/** What the central record has of a run. */
interface Known {
  readonly drill: string;
  readonly run_id: string;
  readonly report: string;
  readonly manifest: string | null;
}

async function knownOf(database: Rows, runs: readonly Run[]): Promise<Map<string, Known>> {
  const rows = await database.rows<Known>(
    `select drill, run_id, report, manifest from pgdrill.run
      where (drill, run_id) in (select * from unnest($1::text[], $2::text[]))`,
    [runs.map(({ drill }) => drill), runs.map(({ run }) => run)],
  );
  return new Map(rows.map((row) => [nameOf({ drill: row.drill, run: row.run_id }), row]));
}

function whyOther({ report, manifest }: PastRun, known: Known): string | null {
  if (report === known.report && manifest === known.manifest) return null;
  return 'another run with this id, and other content, is on the central record';
}

async function handInEnded(database: FleetDatabase, run: PastRun): Promise<number> {
  const folder = dirname(run.file);
  return database.transaction(async (inside) => {
    for (const name of filesOf(folder))
      await sendFile(inside, join(folder, name), { drill: run.drill, run: run.run, name });
    const [line] = await appendCentral(inside, async (nextNumber) => [
      await centralEntry(inside, entryOf(run), nextNumber),
    ]);
    if (line?.kind !== 'ended') throw new Error('the line of a run that has ended was not written');
    await inside.rows('insert into pgdrill.run (drill, run_id, line, report, manifest) values ($1, $2, $3, $4, $5)', [
      run.drill,
      run.run,
      line.line,
      run.report,
      run.manifest,
    ]);
    return line.number;
  });
}

/** Its place in the ledger of the worker is not the one that it gets here. */
function entryOf(run: PastRun): EndedEntry {
  const { v: _version, line: _line, previous: _previous, at: _at, file: _file, ...entry } = run as PastRun & LinePlace;
  return entry;
}

/** A run that has begun on the central record ends there; any other one is taken in as it is, with the next number of its drill. */
async function centralEntry(
  inside: Rows,
  entry: EndedEntry,
  nextNumber: (drill: string) => Promise<number>,
): Promise<EndedEntry> {
  const [begun] = await inside.rows<{ number: number }>(
    "select number from pgdrill.ledger_line where drill = $1 and run_id = $2 and kind = 'begun'",
    [entry.drill, entry.run],
  );
  if (begun === undefined) return { ...entry, number: await nextNumber(entry.drill), recorded: 'adopted' };
  if (begun.number === entry.number) return entry;
  throw new DrillError(
    'not-found',
    `the run ${entry.run} of ${entry.drill} is number ${begun.number} on the central record, and ${entry.number} here`,
  );
}

async function notOnRecord(database: Rows, runs: readonly RunWithoutReport[]): Promise<RunWithoutReport[]> {
  if (runs.length === 0) return [];
  const rows = await database.rows<{ drill: string; run_id: string }>(
    `select distinct drill, run_id from pgdrill.ledger_line
      where kind in ('lost', 'ended') and (drill, run_id) in (select * from unnest($1::text[], $2::text[]))`,
    [runs.map(({ drill }) => drill), runs.map(({ run }) => run)],
  );
  const known = new Set(rows.map((row) => nameOf({ drill: row.drill, run: row.run_id })));
  return runs.filter((run) => !known.has(nameOf(run)));
}

/** That a run was killed is on record too. Null: what it began with cannot be read any more. */
async function handInLost(
  database: FleetDatabase,
  reports: string,
  { drill, run, startedAt }: RunWithoutReport,
): Promise<number | null> {
  const begun = beginningOf(reports, { drill, run });
  if (begun === null) return null;
  return database.transaction(async (inside) => {
    const lines = await appendCentral(inside, async (nextNumber) => {
      const [there] = await inside.rows<{ number: number }>(
        "select number from pgdrill.ledger_line where drill = $1 and run_id = $2 and kind = 'begun'",
        [drill, run],
      );
      const number = there?.number ?? (await nextNumber(drill));
      const beginning = there === undefined ? [{ ...begun, number }] : [];
      return [...beginning, { kind: 'lost', drill, run, number, startedAt } as const];
    });
    const last = lines.at(-1);
    return last?.kind === 'lost' ? last.number : null;
  });
}

function nameOf({ drill, run }: Run): string {
  return `${drill}/${run}`;
}
