import { chmodSync, lstatSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import { DrillError } from './errors.ts';

const SQLITE_BUSY = 5;
const ASK_AGAIN_MS = 15;
const PATIENCE_MS = 60_000;

/** A lock that is held until it is released, or its process dies. */
export interface HeldLock {
  release(): void;
}

/**
 * Takes the lock of a file, which is made where there is none; null: somebody else holds it. It is SQLite's on an empty
 * database, since Node has no flock: a lock of the kernel, which is given back however the process dies, and which network
 * file systems pass on between machines.
 */
export function tryLock(path: string): HeldLock | null {
  let database: DatabaseSync | null = null;
  // SQLite would follow it, and make the file that it leads to. Whoever opens and closes the file gives back all locks on it.
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true)
    throw new DrillError('reports-not-writable', `the lock ${path} is a link`, {
      hint: 'remove it: pgdrill makes none',
    });
  try {
    database = new DatabaseSync(path);
    database.exec('begin exclusive');
  } catch (error) {
    database?.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return null;
    throw error;
  }
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  const held = database;
  return { release: () => held.close() };
}

/** The same, and waits for whoever holds it. Throws `busy` when that takes longer than any write can. */
export async function waitForLock(path: string, patienceMs = PATIENCE_MS): Promise<HeldLock> {
  const startedMs = performance.now();
  for (;;) {
    const lock = tryLock(path);
    if (lock) return lock;
    if (performance.now() - startedMs > patienceMs) {
      throw new DrillError(
        'busy',
        `${path} has been locked by another process for ${Math.round(patienceMs / 1000)} s`,
        {
          hint: `find out which process has it open: fuser ${path}`,
        },
      );
    }
    // Whoever asks at the same moment shall not ask again at the same moment.
    await delay(ASK_AGAIN_MS * (0.5 + Math.random()));
  }
}
