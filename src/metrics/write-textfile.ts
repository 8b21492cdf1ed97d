import { randomUUID } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DrillError, messageOf } from '../core/errors.ts';
import { replaceForAll } from '../core/plain-file.ts';

/** A writer that was killed leaves its half; nobody writes for so long. */
const LEFT_BEHIND_MS = 3_600_000;

/**
 * Writes metrics to a file for the textfile collector of node_exporter, which anybody may read: it is there whole, or as it was.
 * Throws `plan-invalid` for a name that the collector passes over, for a link, and for a file that holds something else;
 * `not-found` where nothing can be written.
 */
export function writeTextfile(file: string, text: string): void {
  requireOwn(file);
  const directory = dirname(file);
  const name = `.${basename(file)}.`;
  const beside = join(directory, `${name}${randomUUID()}.new`);
  try {
    removeLeftBehind(directory, name);
    replaceForAll(file, text, beside);
  } catch (error) {
    throw new DrillError('not-found', `${file} cannot be written: ${messageOf(error)}`, {
      hint: 'name a file in the directory that node_exporter has as --collector.textfile.directory',
      cause: error,
    });
  }
}

function requireOwn(file: string): void {
  const refuse = (why: string, hint: string): never => {
    throw new DrillError('plan-invalid', `${file} ${why}`, { hint });
  };
  if (!file.endsWith('.prom')) refuse('does not end in .prom', 'node_exporter reads no other file');
  const there = lstatSync(file, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (there.isSymbolicLink()) refuse('is a link', 'name the file itself');
  if (!there.isFile()) refuse('is no file', 'name another one');
  if (there.size > 0 && !beginsAsOurs(file)) refuse('holds something else than metrics of pgdrill', 'name another one');
}

function beginsAsOurs(file: string): boolean {
  try {
    return readFileSync(file, 'utf8').startsWith('# HELP pgdrill_');
  } catch (error) {
    throw new DrillError('not-found', `${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function removeLeftBehind(directory: string, name: string): void {
  const halves = readdirSync(directory).filter((each) => each.startsWith(name) && each.endsWith('.new'));
  for (const half of halves.map((each) => join(directory, each))) {
    const { mtimeMs = Infinity } = statSync(half, { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > LEFT_BEHIND_MS) rmSync(half, { force: true });
  }
}
