/** A mount, as a process sees it. */
export interface Mount {
  readonly id: string;
  readonly parent: string;
  /** Of its file system: `0:25` or `254:0`. */
  readonly device: string;
  /** Which part of the file system. */
  readonly root: string;
  /** Where it is. */
  readonly point: string;
  readonly writable: boolean;
  readonly type: string;
}

/**
 * The lines of a /proc/PID/mountinfo (proc(5)): id, parent, device, root, mount point, options, optional fields, `-`, type,
 * source, options of the file system. It can be written to only if both lists of options say rw.
 */
export function parseMounts(mountinfo: string): Mount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const words = line.split(' ');
    const dash = words.indexOf('-', 6);
    const [id, parent, device, root, point, options] = words;
    if (dash < 0 || id === undefined || parent === undefined || device === undefined) return [];
    const writable = isWritable(options) && isWritable(words[dash + 3]);
    const names = { root: unescaped(root ?? ''), point: unescaped(point ?? '') };
    return [{ id, parent, device, ...names, writable, type: words[dash + 1] ?? '' }];
  });
}

/** Mounts that a path leads to: what a later mount covers cannot be reached. */
export function visibleMounts(mounts: readonly Mount[]): Mount[] {
  const known = new Set(mounts.map(({ id }) => id));
  const top = mounts.findLast(({ parent, point }) => point === '/' && !known.has(parent));
  return mounts.filter((mount) => top !== undefined && mountAt(mount.point, mounts, top) === mount);
}

/** Which mount a path ends in, going down from the root. */
function mountAt(path: string, mounts: readonly Mount[], top: Mount): Mount {
  const names = path === '/' ? [] : path.slice(1).split('/');
  const steps = ['/', ...names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`)];
  return steps.reduce((inside, step) => covered(inside, step, mounts), top);
}

function covered(inside: Mount, point: string, mounts: readonly Mount[]): Mount {
  const next = mounts.findLast((mount) => mount.parent === inside.id && mount.point === point && mount !== inside);
  return next === undefined ? inside : covered(next, point, mounts);
}

function isWritable(options: string | undefined): boolean {
  return options?.split(',').includes('ro') !== true;
}

/** Spaces and the like stand as three octal digits. */
function unescaped(word: string): string {
  return word.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
