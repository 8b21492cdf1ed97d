import { closeSync, constants, fchownSync, fstatSync, lstatSync, mkdirSync, openSync, unlinkSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { DrillError } from '../core/errors.ts';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants;

/** Who files are made for. */
export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Files of a run for root, in directories that somebody else may change: no part of a path may be a link. Root would follow
 * it to places where that somebody may not go. Each directory on the way is opened without following links, and the next
 * name is looked up in it through /proc/self/fd, which is what openat is for elsewhere.
 */
function inDirectoryOf<T>(path: string, use: (path: string) => T): T {
  const names = path.split('/').filter((name) => name !== '');
  const last = names.pop() ?? '.';
  let directory = openSync('/', O_RDONLY | O_DIRECTORY);
  try {
    for (const name of names) {
      const next = openSync(`/proc/self/fd/${directory}/${name}`, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      closeSync(directory);
      directory = next;
    }
    return use(`/proc/self/fd/${directory}/${last}`);
  } finally {
    closeSync(directory);
  }
}

/** Makes a file anew, whatever lay there: what was there is removed and never opened. */
export async function createFile(path: string, mode: number, owner: FileOwner | null): Promise<FileHandle> {
  const descriptor = inDirectoryOf(path, (name) => {
    if (lstatSync(name, { throwIfNoEntry: false })) unlinkSync(name);
    return openSync(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  });
  const file = await open(`/proc/self/fd/${descriptor}`, 'a').finally(() => closeSync(descriptor));
  await file.chmod(mode);
  if (owner) await file.chown(owner.uid, owner.gid);
  return file;
}

/**
 * Opens a file to read it. Null when there is none. A link, a pipe or a file of somebody else's is refused: it was put in
 * the place of ours.
 */
export async function openFile(path: string, owner: FileOwner): Promise<FileHandle | null> {
  let descriptor: number;
  try {
    descriptor = inDirectoryOf(path, (name) => openSync(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw code === 'ELOOP' || code === 'ENOTDIR' || code === 'ENXIO' ? notOurs(path) : error;
  }
  try {
    const { uid } = fstatSync(descriptor);
    if (!fstatSync(descriptor).isFile() || uid !== owner.uid) throw notOurs(path);
    return await open(`/proc/self/fd/${descriptor}`, 'r');
  } finally {
    closeSync(descriptor);
  }
}

/** Makes a directory where there is none. Its parent must be there. */
export function createDirectory(path: string, owner: FileOwner | null): Promise<void> {
  return Promise.try(() => makeDirectory(path, owner));
}

function makeDirectory(path: string, owner: FileOwner | null): void {
  inDirectoryOf(path, (name) => {
    mkdirSync(name, { mode: 0o700 });
    if (owner === null) return;
    const made = openSync(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    try {
      // Somebody may have put a directory of his own in its place since.
      if (fstatSync(made).uid === process.getuid?.()) fchownSync(made, owner.uid, owner.gid);
    } finally {
      closeSync(made);
    }
  });
}

function notOurs(path: string): DrillError {
  return new DrillError('sandbox-failed', `something else was put in the place of ${path}; it was not read`, {
    hint: 'did a function of the restored data, or somebody on this machine, do that?',
  });
}
