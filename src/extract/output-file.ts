import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DrillError, errorCode, messageOf } from '../core/errors.ts';
import type { Host } from '../host/host.ts';
import { saysFull } from '../host/place-fault.ts';

/** A file that was taken out of the sandbox. */
export interface TakenFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Refuses a file that is there, unless it may be replaced, or that cannot be. Throws `plan-invalid`. */
export function refuseExisting(path: string, force: boolean): void {
  const directory = dirname(path);
  if (!existsSync(directory)) throw new DrillError('plan-invalid', `${path}: there is no directory ${directory}`);
  if (!mayWrite(directory)) throw new DrillError('plan-invalid', `${directory} cannot be written to`);
  if (!force && existsSync(path)) throw existing(path);
}

function mayWrite(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function existing(path: string): DrillError {
  return new DrillError('plan-invalid', `${path} is there already`, {
    hint: 'name another file with --output, or replace it with --force',
  });
}

/**
 * Takes a file out of the sandbox into one of this machine, its owner's alone, which is there whole or not at all. What comes out is
 * compared with its SHA-256 in there. Throws `plan-invalid` where a file has come to be there meanwhile, and `table-not-dumped`.
 */
export async function takeFile(
  { host, signal }: { readonly host: Host; readonly signal: AbortSignal },
  from: string,
  { path, force }: { readonly path: string; readonly force: boolean },
): Promise<TakenFile> {
  const part = partOf(path);
  try {
    const taken = await writePart(host, from, { part, path }, signal);
    const there = await host.run(['sha256sum', from], { signal });
    if (!there.stdout.startsWith(`${taken.sha256} `))
      throw new DrillError('table-not-dumped', `${path} did not come out of the sandbox as it was in there`);
    place(part, path, force);
    return { path, ...taken };
  } finally {
    rmSync(part, { force: true });
  }
}

/** Beside the file, so that it can take its place; a name that nobody else has. */
function partOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.part`);
}

/** The same for a text of our own. */
export function writeText(text: string, { path, force }: { readonly path: string; readonly force: boolean }): void {
  const part = partOf(path);
  try {
    writeFileSync(part, text, { mode: 0o600, flag: 'wx' });
    place(part, path, force);
  } catch (error) {
    throw error instanceof DrillError ? error : notWritten(path, error);
  } finally {
    rmSync(part, { force: true });
  }
}

async function writePart(
  host: Host,
  from: string,
  { part, path }: { readonly part: string; readonly path: string },
  signal: AbortSignal,
): Promise<Pick<TakenFile, 'bytes' | 'sha256'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  let fault: unknown = null;
  const file = opened(part, path);
  try {
    const take = (line: string): void => {
      if (fault !== null) return;
      const piece = Buffer.from(line, 'base64');
      hash.update(piece);
      bytes += piece.length;
      try {
        for (let done = 0; done < piece.length;) done += writeSync(file, piece, done);
      } catch (error) {
        fault = error;
      }
    };
    const { exitCode, stderr } = await host.run(['base64', '-w', String(LINE_CHARACTERS), from], {
      signal,
      unrecorded: true,
      onLine: (line, stream) => stream === 'out' && take(line),
    });
    if (fault !== null) throw notWritten(path, fault);
    if (exitCode !== 0) throw new DrillError('table-not-dumped', `the dump cannot be read in the sandbox: ${stderr}`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return { bytes, sha256: hash.digest('hex') };
}

function opened(part: string, path: string): number {
  try {
    return openSync(part, 'wx', 0o600);
  } catch (error) {
    throw notWritten(path, error);
  }
}

/** A multiple of four, so that every line is whole by itself. */
const LINE_CHARACTERS = 65_536;

function place(part: string, path: string, force: boolean): void {
  try {
    if (force) renameSync(part, path);
    else linkSync(part, path);
  } catch (error) {
    throw errorCode(error) === 'EEXIST' ? existing(path) : notWritten(path, error);
  }
}

function notWritten(path: string, error: unknown): DrillError {
  const isFull = saysFull(messageOf(error));
  return new DrillError(isFull ? 'disk-full' : 'table-not-dumped', `${path} cannot be written: ${messageOf(error)}`, {
    hint: isFull ? 'free room there, or name another file with --output' : 'name another file with --output',
    cause: error,
  });
}
