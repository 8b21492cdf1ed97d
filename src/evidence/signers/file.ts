import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { DrillError } from '../../core/errors.ts';
import { whyUnread } from '../../core/why-unread.ts';
import { signerWith } from '../private-key.ts';
import type { Signer, SignerServices } from '../signer.ts';

/** The key is in a file. */
export interface KeyFile {
  readonly by: 'file';
  readonly path: string;
}

/** Throws `key-unusable` for a file that others can read, or that belongs to somebody else: the key is no secret then. */
export function open({ path }: KeyFile, services: SignerServices): Signer {
  return signerWith(readSecretFile(path), path, services);
}

/** What is judged is what was opened, whatever the name stands for a moment later. */
function readSecretFile(path: string): string {
  let file: number;
  try {
    // A pipe would be waited for.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw new DrillError('key-unusable', `the key ${path} ${whyUnread(error)}`, {
      hint: 'make a key with: drill evidence keygen',
      cause: error,
    });
  }
  try {
    requireSecret(path, fstatSync(file));
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function requireSecret(path: string, about: { isFile(): boolean; readonly mode: number; readonly uid: number }): void {
  if (!about.isFile()) throw new DrillError('key-unusable', `the key ${path} is no file`);
  if (about.uid !== process.getuid?.()) {
    throw new DrillError('key-unusable', `the key ${path} belongs to another user (uid ${about.uid})`, {
      hint: 'a key belongs to the user who runs the drill',
    });
  }
  if ((about.mode & 0o077) !== 0) {
    const mode = (about.mode & 0o777).toString(8).padStart(4, '0');
    throw new DrillError('key-unusable', `others than its owner can read the key ${path} (mode ${mode})`, {
      hint: `if nobody has read it: chmod 600 ${path}; else make a new key with: drill evidence rotate`,
    });
  }
}
