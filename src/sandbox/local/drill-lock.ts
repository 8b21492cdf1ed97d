import { join } from 'node:path';
import { DrillError } from '../../core/errors.ts';
import { tryLock, type HeldLock } from '../../core/file-lock.ts';

/** The file whose lock a run of the drill holds. */
export function lockFile(directory: string, drill: string): string {
  return join(directory, `${drill}.lock`);
}

/** Lets one run of a drill happen at a time. */
export function lockDrill(directory: string, drill: string): HeldLock {
  const lock = tryLock(lockFile(directory, drill));
  if (lock) return lock;
  throw new DrillError('busy', `the drill "${drill}" is already running here`, {
    hint: 'wait until it has ended; another drill needs another name',
  });
}
