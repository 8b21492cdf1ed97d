import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeWithParents } from '../../core/directories.ts';
import { DrillError } from '../../core/errors.ts';
import { KEYS_DIRECTORY } from '../../evidence/keys-directory.ts';
import { LEDGER_HEAD_FILE, ownHeadFile } from '../../evidence/statements/ledger-head.ts';
import { LedgerFile } from '../../store/ledger/ledger-file.ts';
import { Ledger } from '../../store/ledger/ledger.ts';
import { replaceFile } from '../../store/replace-file.ts';
import { RUN_ID } from '../../store/run-folders.ts';
import type { Rows } from '../database/database.ts';
import { centralEnd, centralLineHash } from './central-ledger.ts';
import { receivedPieces, type RunFile } from './files.ts';
import { KEY_FILE } from './sign-head.ts';

/** What a pull has brought. */
export interface Pulled {
  readonly lines: number;
  readonly runs: number;
}

const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const BATCH_LINES = 1000;

/**
 * Brings the central record into a directory, as an ordinary directory of reports: byte for byte what is in the database, whole or
 * not. Whether it holds is for verification to say, which needs nothing but the directory and the keys. A directory that was
 * pulled before is brought up to date; one whose ledger is not the beginning of the central one is left, with `not-found`.
 */
export async function pull(database: Rows, directory: string): Promise<Pulled> {
  makeWithParents(directory, 0o700);
  const ledger = new Ledger(directory);
  const here = await linesHere(database, ledger);
  // What is signed goes no further than what is read after it.
  const heads = await newestHeads(database);
  const keys = await database.rows<{ name: string; text: string }>('select name, text from pgdrill.key_file');
  const end = (await centralEnd(database))?.lines ?? 0;
  const runs = await pullRuns(database, directory, end);
  await pullSignOffs(database, directory, end);
  await pullLines(database, ledger, here, end);
  for (const { name, text } of keys) keep(join(directory, KEYS_DIRECTORY), name, KEY_FILE, text);
  for (const { key_id: keyId, text } of heads) keep(directory, ownHeadFile(keyId), SAFE_NAME, text);
  const [last] = heads;
  if (last !== undefined) replaceFile(directory, LEDGER_HEAD_FILE, last.text);
  return { lines: end - here, runs };
}

/** How many lines of the central ledger are here. Throws where they are others. */
async function linesHere(database: Rows, ledger: Ledger): Promise<number> {
  const end = await ledger.end();
  if (end === null) return 0;
  if ((await centralLineHash(database, end.lines)) === end.sha256) return end.lines;
  throw new DrillError(
    'not-found',
    `line ${end.lines} of ${ledger.path} is not the one of the central record: that was changed, or this is no copy of it`,
    { hint: 'pull into an empty directory, and compare the two; this one was left as it is' },
  );
}

/** What each key has signed the last time, that of the longest ledger first. */
function newestHeads(database: Rows): Promise<{ key_id: string; text: string }[]> {
  return database.rows(
    `select key_id, text from pgdrill.signed_head
      where (key_id, lines) in (select key_id, max(lines) from pgdrill.signed_head group by key_id) order by lines desc, key_id`,
  );
}

async function pullRuns(database: Rows, directory: string, end: number): Promise<number> {
  const runs = await database.rows<RunRow>('select drill, run_id from pgdrill.run where line <= $1 order by line', [
    end,
  ]);
  let count = 0;
  for (const { drill, run_id: run } of runs) {
    if (!SAFE_NAME.test(drill) || !RUN_ID.test(run)) throw unsafe(`${drill}/${run}`);
    if (existsSync(join(directory, drill, run))) continue;
    await pullRun(database, directory, { drill, run });
    count += 1;
  }
  return count;
}

interface RunRow {
  readonly drill: string;
  readonly run_id: string;
}

/** The folder of a run is there whole or not at all. */
async function pullRun(database: Rows, directory: string, { drill, run }: Omit<RunFile, 'name'>): Promise<void> {
  const half = join(directory, `.${drill}.${run}.pulled`);
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { mode: 0o700 });
  const files = await database.rows<{ name: string }>(
    'select name from pgdrill.file where drill = $1 and run_id = $2 and line is null order by name',
    [drill, run],
  );
  for (const { name } of files) await pullFile(database, half, { drill, run, name });
  makeWithParents(join(directory, drill), 0o700);
  renameSync(half, join(directory, drill, run));
}

/** Statements of people come to a run when it is here already. */
async function pullSignOffs(database: Rows, directory: string, end: number): Promise<void> {
  const files = await database.rows<RunRow & { name: string }>(
    'select drill, run_id, name from pgdrill.file where line <= $1 order by line',
    [end],
  );
  for (const { drill, run_id: run, name } of files) {
    if (!SAFE_NAME.test(drill) || !RUN_ID.test(run)) throw unsafe(`${drill}/${run}`);
    const folder = join(directory, drill, run);
    if (existsSync(join(folder, name)) || !existsSync(folder)) continue;
    await pullFile(database, folder, { drill, run, name });
  }
}

/** The file is there whole or not at all. */
async function pullFile(database: Rows, folder: string, file: RunFile): Promise<void> {
  if (!SAFE_NAME.test(file.name)) throw unsafe(file.name);
  const half = join(folder, `.${file.name}.new`);
  rmSync(half, { force: true });
  const descriptor = openSync(half, 'wx', 0o600);
  try {
    for await (const piece of receivedPieces(database, file)) writeWhole(descriptor, piece);
  } finally {
    closeSync(descriptor);
  }
  renameSync(half, join(folder, file.name));
}

function writeWhole(descriptor: number, piece: Uint8Array): void {
  for (let done = 0; done < piece.length;) done += writeSync(descriptor, piece, done);
}

async function pullLines(database: Rows, ledger: Ledger, here: number, end: number): Promise<void> {
  for (let first = here + 1; first <= end; first += BATCH_LINES) {
    const last = Math.min(end, first + BATCH_LINES - 1);
    const lines = await database.rows<{ text: Uint8Array }>(
      'select text from pgdrill.ledger_line where line between $1 and $2 order by line',
      [first, last],
    );
    await ledger.whileLocked(() => {
      const file = LedgerFile.toAppend(ledger.path);
      try {
        file.append(lines.map(({ text }) => Buffer.from(text).toString('utf8')));
      } finally {
        file.close();
      }
    });
  }
}

function keep(directory: string, name: string, allowed: RegExp, text: string): void {
  if (!allowed.test(name)) throw unsafe(name);
  makeWithParents(directory, 0o700);
  replaceFile(directory, name, text);
}

function unsafe(name: string): DrillError {
  return new DrillError(
    'not-found',
    `the central record has a file by a name that none can have: ${JSON.stringify(name)}`,
    {
      hint: 'somebody has changed the database; nothing was written by that name',
    },
  );
}
