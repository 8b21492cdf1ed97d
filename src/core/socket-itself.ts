import { closeSync, constants, fstatSync, openSync } from 'node:fs';

/** Opens what a path names without using it (linux/fcntl.h); node has no word for it. */
const O_PATH = 0o10000000;

/**
 * Begins a connection to the socket that lies at a path, by a path that goes on leading to it even if something else is put in its
 * place. No link is followed. Throws what the system says, and an error where something else lies there.
 */
export function atSocketItself<T>(path: string, begin: (path: string) => T): T {
  const there = openSync(path, O_PATH | constants.O_NOFOLLOW);
  try {
    if (!fstatSync(there).isSocket()) throw new Error(`${path} is no socket any more: something was put in its place`);
    return begin(`/proc/self/fd/${there}`);
  } finally {
    closeSync(there);
  }
}
