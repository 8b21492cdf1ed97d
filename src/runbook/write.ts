import { randomUUID } from 'node:crypto';
import { closeSync, fchmodSync, fchownSync, fsyncSync, lstatSync, openSync, readFileSync, renameSync } from 'node:fs';
import { rmSync, writeFileSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { makeWithParents } from '../core/directories.ts';
import { messageOf } from '../core/errors.ts';
import { isOfTheSystem } from '../store/system-fault.ts';

/**
 * Writes a runbook to a file, whole or not at all, in place of the one that was there; a new file is its owner's alone. What is
 * there and is no runbook of the same drill stays, and a link is not followed. Gives why it was not written; null: it was.
 */
export function writeRunbook(file: string, text: string): string | null {
  try {
    const there = lstatSync(file, { throwIfNoEntry: false });
    if (there?.isSymbolicLink()) return 'it is a link; name the file itself';
    if (there && !isSameRunbook(file, there, text)) return 'the file that is there is no runbook of this drill';
    makeWithParents(dirname(file), 0o777);
    replace(file, text, there);
    return null;
  } catch (error) {
    if (isOfTheSystem(error)) return messageOf(error);
    throw error;
  }
}

/** The title names the drill. */
function isSameRunbook(file: string, there: Stats, text: string): boolean {
  return there.isFile() && titleOf(readFileSync(file, 'utf8')) === titleOf(text);
}

function titleOf(text: string): string | null {
  return /^(?:# .+|<title>.+<\/title>)$/m.exec(text)?.[0] ?? null;
}

/** The file beside is a new one in any case: nobody can have put a link there. */
function replace(file: string, text: string, there: Stats | undefined): void {
  const beside = `${file}.${randomUUID()}.new`;
  const descriptor = openSync(beside, 'wx', 0o600);
  try {
    writeFileSync(descriptor, text);
    // Whom its owner lets read it goes on reading it.
    if (there?.uid === process.geteuid?.() && there) {
      fchownSync(descriptor, there.uid, there.gid);
      fchmodSync(descriptor, there.mode & 0o777);
    }
    fsyncSync(descriptor);
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}
