import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import type { Rows } from '../database/database.ts';

/** The log of a restore has a line for every file of the cluster: no file is ever held as a whole. */
const PIECE_BYTES = 1024 * 1024;

/** The file of a run, by its name. */
export interface RunFile {
  readonly drill: string;
  readonly run: string;
  readonly name: string;
}

/**
 * Puts a file into the database as one of a run, in pieces, with its SHA-256. `line`: the line of the central ledger that it came
 * with; null: that of the end of the run.
 */
export async function sendFile(
  inside: Rows,
  path: string,
  { drill, run, name }: RunFile,
  line: number | null = null,
): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  let piece = 0;
  for (const content of piecesOf(path)) {
    hash.update(content);
    bytes += content.length;
    await inside.rows(
      'insert into pgdrill.file_piece (drill, run_id, name, piece, content) values ($1, $2, $3, $4, $5)',
      [drill, run, name, piece, content],
    );
    piece += 1;
  }
  await inside.rows(
    'insert into pgdrill.file (drill, run_id, name, sha256, bytes, line) values ($1, $2, $3, $4, $5, $6)',
    [drill, run, name, hash.digest('hex'), bytes, line],
  );
}

/** The pieces of a file of a run as they are in the database, one after the other. */
export async function* receivedPieces(database: Rows, { drill, run, name }: RunFile): AsyncGenerator<Uint8Array> {
  for (let piece = 0; ; piece += 1) {
    const [found] = await database.rows<{ content: Uint8Array }>(
      'select content from pgdrill.file_piece where drill = $1 and run_id = $2 and name = $3 and piece = $4',
      [drill, run, name, piece],
    );
    if (found === undefined) return;
    yield found.content;
  }
}

/** Whether it is a file itself, and no link, directory or pipe: what lies behind a link is not of the run, and may be a secret. */
export function isPlainFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function* piecesOf(path: string): Generator<Uint8Array> {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!fstatSync(descriptor).isFile()) throw new Error(`${path} is no plain file`);
    for (;;) {
      const buffer = Buffer.alloc(PIECE_BYTES);
      const read = readSync(descriptor, buffer);
      if (read === 0) return;
      yield buffer.subarray(0, read);
    }
  } finally {
    closeSync(descriptor);
  }
}
