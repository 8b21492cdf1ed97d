import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeWithParents } from '../../core/directories.ts';
import { DrillError, messageOf } from '../../core/errors.ts';
import { lockFile } from './drill-lock.ts';
import { usualScratch } from './usual-scratch.ts';

const SCRATCH_MARKER = '.pgdrill-scratch';

/** Where runs are restored when the plan does not say. */
export function scratchDirectory(asked: string | undefined): string {
  if (asked !== undefined) return resolve(asked);
  if (process.getuid?.() === 0) return usualScratch(null);
  const state = process.env['XDG_STATE_HOME'];
  return state === undefined ? usualScratch(homedir()) : join(state, 'pgdrill');
}

/** The longest path of a Unix socket is 107 bytes; PostgreSQL adds `/.s.PGSQL.65535` to its directory. */
const LONGEST_SOCKET_DIRECTORY = 107 - '/.s.PGSQL.65535'.length;

/** Refuses a path under which PostgreSQL could not make its socket. */
export function refuseLongSocketPath(sockets: string): void {
  if (Buffer.byteLength(sockets) <= LONGEST_SOCKET_DIRECTORY) return;
  throw new DrillError('scratch-refused', `the path ${sockets} is too long for a Unix socket`, {
    hint: 'name a shorter scratch directory with --scratch',
  });
}

/**
 * Makes the scratch directory, or checks that the one that is there is ours or empty. Nobody else may list it. Returns what
 * leaves it as it was, for a run that came to nothing; null when it was ours already.
 */
export function claimScratch(scratch: string): ((drill: string) => void) | null {
  let made: readonly string[] = [];
  try {
    made = makeWithParents(scratch, 0o755);
    const names = readdirSync(scratch);
    if (names.length > 0 && !names.includes(SCRATCH_MARKER)) {
      throw new DrillError(
        'scratch-refused',
        `the scratch directory ${scratch} is not empty and was not made by pgdrill`,
        {
          hint: 'name an empty or new directory with --scratch; nothing was touched',
        },
      );
    }
    accessSync(scratch, constants.W_OK | constants.X_OK);
    if (names.length > 0) return null;
    writeFileSync(
      join(scratch, SCRATCH_MARKER),
      'Drills of pgdrill are restored here. "drill sweep" removes what killed runs left.\n',
    );
    // Under root the run user must reach its own directories; bubblewrap 0.12 opens each directory on the way for
    // reading (0711: "Can't mkdir parents for …: Permission denied"). Only names of runs are to be seen here.
    chmodSync(scratch, process.getuid?.() === 0 ? 0o755 : 0o700);
    // Another first run may have made it meanwhile.
    mkdirSync(join(scratch, 'locks'), { recursive: true, mode: 0o700 });
    return (drill) => unclaim(scratch, made, drill);
  } catch (error) {
    removeEmpty(made);
    if (error instanceof DrillError) throw error;
    throw new DrillError(
      'scratch-not-writable',
      `the scratch directory ${scratch} cannot be used: ${messageOf(error)}`,
      {
        hint: 'name a directory that you may write to with --scratch',
        cause: error,
      },
    );
  }
}

/** Only if no other run is at work here: a lock that is held has a journal beside it. */
function unclaim(scratch: string, made: readonly string[], drill: string): void {
  const locks = join(scratch, 'locks');
  const own = lockFile(locks, drill);
  const isForeign = readdirSync(scratch).some((name) => ![SCRATCH_MARKER, 'locks'].includes(name));
  if (isForeign || readdirSync(locks).some((name) => join(locks, name) !== own)) return;
  rmSync(own, { force: true });
  rmdirSync(locks);
  rmSync(join(scratch, SCRATCH_MARKER), { force: true });
  removeEmpty(made);
}

/** Removes directories that are empty, the innermost first. */
function removeEmpty(directories: readonly string[]): void {
  try {
    for (const directory of directories) rmdirSync(directory);
  } catch {
    // Something is in it, so it stays, and so do those above it.
  }
}

/** Whether a directory was claimed as scratch. */
export function isScratch(directory: string): boolean {
  return existsSync(join(directory, SCRATCH_MARKER));
}
