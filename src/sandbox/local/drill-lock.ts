import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DrillError, messageOf } from '../../core/errors.ts';

/** The file whose lock a run of the drill holds. */
export function lockFile(directory: string, drill: string): string {
  return join(directory, `${drill}.lock`);
}

/**
 * Lets one run of a drill happen at a time. The lock is SQLite's on an empty file, since Node has no flock: the kernel
 * gives it back when the process dies, however it dies.
 */
export function lockDrill(directory: string, drill: string): { release(): void } {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(lockFile(directory, drill));
    database.exec('begin exclusive');
  } catch (error) {
    database?.close();
    if (!/database is locked/.test(messageOf(error))) throw error;
    throw new DrillError('busy', `the drill "${drill}" is already running here`, {
      hint: 'wait until it has ended; another drill needs another name',
      cause: error,
    });
  }
  const held = database;
  return { release: () => held.close() };
}
