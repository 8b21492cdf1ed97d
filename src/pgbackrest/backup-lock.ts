import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { optionsFor, type UserConfig } from './user-config.ts';

/** The lock that a backup or an expire of this machine holds. */
export interface BackupLock {
  readonly path: string;
  readonly pid: number;
  readonly heldMs: number;
}

const DEFAULT_LOCK_PATH = '/tmp/pgbackrest';

/**
 * The locks that are held for backups of a stanza by processes of this machine, told by /proc/locks: `info` would tell it by
 * taking the lock for a moment itself (2.45), and a backup that begins just then would fail. Null: backups lock elsewhere, or
 * this user may not look there. Files are `STANZA-backup.lock`, from 2.53 on `STANZA-backup-REPO.lock`.
 */
export function backupLocks(config: UserConfig, stanza: string): BackupLock[] | null {
  const directory = optionsFor(config, stanza, 'backup').get('lock-path')?.[0] ?? DEFAULT_LOCK_PATH;
  try {
    const isLock = (name: string): boolean => /^-backup(-\d+)?\.lock$/.test(name.slice(stanza.length));
    const names = readdirSync(directory).filter((name) => name.startsWith(stanza) && isLock(name));
    const holders = flocks(readFileSync('/proc/locks', 'utf8'));
    return names.flatMap((name) => {
      const path = join(directory, name);
      const inode = statSync(path, { throwIfNoEntry: false })?.ino;
      const pid = inode === undefined ? undefined : holders.get(inode);
      const heldMs = pid === undefined ? null : runningMs(pid);
      return pid === undefined || heldMs === null ? [] : [{ path, pid, heldMs }];
    });
  } catch {
    return null;
  }
}

/** Who holds an exclusive lock of a file, by its inode: `12: FLOCK  ADVISORY  WRITE 4711 08:01:393223 0 EOF`. */
export function flocks(text: string): Map<number, number> {
  const lines = text.matchAll(/^\d+: FLOCK +\w+ +WRITE +(\d+) +[0-9a-f]+:[0-9a-f]+:(\d+) /gm);
  return new Map([...lines].map(([, pid, inode]) => [Number(inode), Number(pid)]));
}

/** USER_HZ, in which /proc counts on every architecture. */
const TICKS_A_SECOND = 100;

/** How long a pgBackRest has been running; null: the process is gone, or is another program. */
function runningMs(pid: number): number | null {
  try {
    if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('pgbackrest')) return null;
    // The name of the program stands in brackets, and may hold anything; 22nd field: when it began, in ticks since the start.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
    return Math.max(0, Math.round((uptime - Number(fields[19]) / TICKS_A_SECOND) * 1000));
  } catch {
    return null;
  }
}
