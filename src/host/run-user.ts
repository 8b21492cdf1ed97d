import { readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { DrillError } from '../core/errors.ts';

/** An account of this machine, as in /etc/passwd. */
export interface RunUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

function accounts(): RunUser[] {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [name, , uid, gid, , home] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid), home: home || '/' }] : [];
  });
}

/** The account of a name; null: this machine has none. */
export function accountNamed(name: string): RunUser | null {
  return accounts().find((account) => account.name === name) ?? null;
}

/** The account that this process runs as. */
export function currentUser(): RunUser {
  try {
    const { username, uid, gid, homedir } = userInfo();
    return { name: username, uid, gid, home: homedir };
  } catch {
    // A container may run as a user whom its /etc/passwd does not know.
    const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
    return { name: String(uid), uid, gid, home: process.env['HOME'] ?? '/' };
  }
}

/**
 * The account that runs pgBackRest and PostgreSQL. An ordinary user runs them itself. For root it is the one that was
 * asked for, else the owner of the repository, else `postgres`: PostgreSQL refuses root, and pgBackRest from 2.59 does.
 */
export function chooseRunUser(asked: string | null, repositoryPaths: readonly string[]): RunUser {
  const self = currentUser();
  if (self.uid !== 0) {
    if (asked === null || asked === self.name) return self;
    throw new DrillError('plan-invalid', `only root can run a drill as ${asked}; this is ${self.name}`, {
      hint: `run the drill as ${asked}, or leave runAs out`,
    });
  }
  const known = accounts();
  if (asked !== null) {
    const user = known.find(({ name }) => name === asked);
    if (user && user.uid !== 0) return user;
    throw new DrillError(
      'plan-invalid',
      `runAs: ${asked} ${user ? 'is root, which PostgreSQL refuses' : 'is no user of this machine'}`,
    );
  }
  const owner = repositoryPaths.map(ownerOf).find((uid) => uid !== null && uid !== 0);
  const user = known.find(({ uid }) => uid === owner) ?? known.find(({ name }) => name === 'postgres');
  if (user) return user;
  throw new DrillError('tool-missing', 'there is no user "postgres" to run PostgreSQL as, and root must not', {
    hint: 'install PostgreSQL from the system packages, or name a user with runAs in the plan',
  });
}

function ownerOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.uid ?? null;
}
