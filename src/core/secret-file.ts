import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { DrillError } from './errors.ts';
import type { ReasonCode } from './reason-codes.ts';
import { whyUnread } from './why-unread.ts';

/** Who may have a file that is a secret, and what is said of one that others have as well. */
interface SecretFileRules {
  /** What the file is, before its path: `the key`. */
  readonly what: string;
  readonly code: ReasonCode;
  /** Permissions that it must not have, such as 0o077. */
  readonly forbidden: number;
  /** Whether it may belong to root as well as to the user. */
  readonly ofRoot: boolean;
  /** What to do about a file that cannot be opened, and about one that others can read. */
  readonly hints: { readonly unread: string; readonly open: string };
}

/**
 * The text of a file that is a secret. What is judged is what was opened, whatever the name stands for a moment later. Throws
 * for a file that others can read, or that belongs to somebody else: it is no secret then.
 */
export function readSecretFile(path: string, rules: SecretFileRules): string {
  let file: number;
  try {
    // A pipe would be waited for.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw new DrillError(rules.code, `${rules.what} ${path} ${whyUnread(error)}`, {
      hint: rules.hints.unread,
      cause: error,
    });
  }
  try {
    requireSecret(path, fstatSync(file), rules);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function requireSecret(
  path: string,
  about: { isFile(): boolean; readonly mode: number; readonly uid: number },
  { what, code, forbidden, ofRoot, hints }: SecretFileRules,
): void {
  if (!about.isFile()) throw new DrillError(code, `${what} ${path} is no file`);
  if (about.uid !== process.getuid?.() && !(ofRoot && about.uid === 0)) {
    throw new DrillError(code, `${what} ${path} belongs to another user (uid ${about.uid})`, {
      hint: 'it has to belong to the user who runs the drill',
    });
  }
  if ((about.mode & forbidden) !== 0) {
    const mode = (about.mode & 0o777).toString(8).padStart(4, '0');
    throw new DrillError(code, `others than its owner can read ${what} ${path} (mode ${mode})`, { hint: hints.open });
  }
}
