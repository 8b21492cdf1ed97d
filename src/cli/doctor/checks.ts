import { accessSync, constants, existsSync, readdirSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatBytes } from '../../core/bytes.ts';
import { asDrillError, messageOf } from '../../core/errors.ts';
import { trialFence } from '../../sandbox/fence/trial.ts';
import { LocalHost } from '../../host/local-host.ts';
import { chooseRunUser, currentUser, type RunUser } from '../../host/run-user.ts';
import { needsNetwork, repositoriesOf } from '../../pgbackrest/repository.ts';
import { optionsFor, readUserConfig, stanzasOf, type UserConfig } from '../../pgbackrest/user-config.ts';
import { pgBackRestVersion } from '../../pgbackrest/version.ts';
import { OLDEST_MAJOR, versionIn } from '../../postgres/binaries.ts';

/** One thing that a drill needs of this machine. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do about it; only when it is not there. */
  readonly fix: string | null;
}

const found = (what: string, detail: string): Finding => ({ what, ok: true, detail, fix: null });
const lacking = (what: string, detail: string, fix: string): Finding => ({ what, ok: false, detail, fix });

/** Makes a finding of whatever a look throws. */
async function look(what: string, fix: string, ask: () => Promise<Finding> | Finding): Promise<Finding> {
  try {
    return await ask();
  } catch (error) {
    return lacking(what, messageOf(error), asDrillError(error)?.hint ?? fix);
  }
}

const thisHost = (user: RunUser): LocalHost => new LocalHost({ user, fence: null, env: {} });

export function nodeFinding(): Finding {
  return found('Node.js', process.version);
}

/** The configuration that drills would read, and its repositories on this machine. */
export function configFinding(
  asked: string | null,
  stanza: string | null,
  env: NodeJS.ProcessEnv,
): { finding: Finding; config: UserConfig | null; stanzas: string[]; repositoryPaths: string[] } {
  const what = 'pgBackRest configuration';
  try {
    const config = readUserConfig(asked, env);
    const stanzas = stanzasOf(config);
    const detail = `${config.files.join(', ') || 'the environment'}: ${stanzas.length === 0 ? 'no stanza' : `stanza ${stanzas.join(', ')}`}`;
    const repositories = (stanzas.length === 0 ? ['global'] : stanzas).flatMap((name) =>
      repositoriesOf(optionsFor(config, name, 'restore')),
    );
    const repositoryPaths = repositories.filter((repository) => !needsNetwork(repository)).map(({ path }) => path);
    if (stanzas.length === 0 && stanza === null) {
      const fix = 'name one, so that its repository is read: drill doctor --stanza main; or another file with --config';
      return { finding: lacking(what, detail, fix), config: null, stanzas, repositoryPaths };
    }
    return { finding: found(what, detail), config, stanzas, repositoryPaths };
  } catch (error) {
    const fix = asDrillError(error)?.hint ?? 'name a readable one with --config';
    return { finding: lacking(what, messageOf(error), fix), config: null, stanzas: [], repositoryPaths: [] };
  }
}

/** The user who would restore and recover. */
export function userFinding(repositoryPaths: readonly string[]): { finding: Finding; user: RunUser } {
  const what = 'user of the drill';
  try {
    const user = chooseRunUser(null, repositoryPaths);
    return { finding: found(what, user.name), user };
  } catch (error) {
    return {
      finding: lacking(what, messageOf(error), asDrillError(error)?.hint ?? 'run as another user'),
      user: currentUser(),
    };
  }
}

export function pgBackRestFinding(user: RunUser): Promise<Finding> {
  const fix = 'install it (Debian, Ubuntu: apt-get install pgbackrest; others: https://pgbackrest.org/user-guide.html)';
  return look('pgBackRest', fix, async () => found('pgBackRest', (await pgBackRestVersion(thisHost(user))).text));
}

/** Which major versions of PostgreSQL are installed. Which one is needed, only a backup says. */
export function postgresFinding(user: RunUser): Promise<Finding> {
  const fix = 'install the major version of the backup (Debian, Ubuntu: apt-get install postgresql-15)';
  return look('PostgreSQL', fix, async () => {
    const versions = await Promise.all(
      postgresPrograms().map(async (program) => {
        const { stdout } = await thisHost(user).run([program, '--version']);
        return versionIn(stdout);
      }),
    );
    const usable = [...new Set(versions)].filter(
      (version) => version !== null && Number.parseInt(version, 10) >= OLDEST_MAJOR,
    );
    if (usable.length === 0) return lacking('PostgreSQL', `none from ${OLDEST_MAJOR} on is installed`, fix);
    return found('PostgreSQL', `${usable.join(', ')} (a backup needs its own major version)`);
  });
}

function postgresPrograms(): string[] {
  const versioned = '/usr/lib/postgresql';
  const debian = existsSync(versioned) ? readdirSync(versioned).map((major) => join(versioned, major, 'bin')) : [];
  const redHat = readdirSync('/usr')
    .filter((name) => name.startsWith('pgsql-'))
    .map((name) => join('/usr', name, 'bin'));
  const directories = [...debian, ...redHat, '/usr/local/pgsql/bin', '/usr/local/bin', '/usr/bin'];
  return directories.map((directory) => join(directory, 'postgres')).filter((program) => existsSync(program));
}

/** Whether the kernel lets bubblewrap fence a copy off, as the user of the drill. */
export function bubblewrapFinding(user: RunUser): Promise<Finding> {
  const what = 'bubblewrap';
  const fix =
    'install it (Debian, Ubuntu: apt-get install bubblewrap); without it no drill runs where production lives';
  return look(what, fix, async () => {
    const fence = await trialFence(thisHost(user));
    const { exitCode, stderr } = await new LocalHost({ user, fence, env: {} }).run(['true']);
    if (exitCode === 0) return found(what, 'fences a copy off from files and network');
    return lacking(
      what,
      stderr.trim().slice(0, 200),
      'allow unprivileged user namespaces: sysctl kernel.unprivileged_userns_clone=1, or on Ubuntu 24.04 and later an AppArmor profile for bwrap',
    );
  });
}

/** Root hands the work over to another user with setpriv. */
export function setprivFinding(): Promise<Finding> {
  return look('setpriv', 'install util-linux', async () => {
    const { stdout } = await thisHost(currentUser()).run(['setpriv', '--version']);
    return found('setpriv', stdout.trim());
  });
}

/** Whether the scratch directory, or the nearest directory above it that exists, can be written to, and its room. */
export function scratchFinding(scratch: string): Finding {
  const existing = nearestExisting(scratch);
  try {
    accessSync(existing, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(existing);
    return found(
      'scratch directory',
      `${scratch}${existing === scratch ? '' : ' (will be made)'}: ${formatBytes(bavail * bsize)} free`,
    );
  } catch (error) {
    return lacking(
      'scratch directory',
      `${scratch}: ${messageOf(error)}`,
      'name one that you may write to with --scratch',
    );
  }
}

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}

/** The client of OpenSSH. */
export function sshFinding(): Promise<Finding> {
  const what = 'SSH client';
  const fix = 'install it (Debian, Ubuntu: apt-get install openssh-client)';
  return look(what, fix, async () => {
    const { stderr } = await thisHost(currentUser()).run(['ssh', '-V']);
    return stderr.startsWith('OpenSSH') ? found(what, stderr.trim()) : lacking(what, stderr.trim(), fix);
  });
}

/** Where runs write down what they do on servers. */
export function notesFinding(directory: string): Finding {
  const what = 'notes on servers';
  const fix = 'let this user write there, or set XDG_STATE_HOME';
  for (let path = directory; ; path = dirname(path)) {
    if (!existsSync(path)) continue;
    try {
      accessSync(path, constants.W_OK | constants.X_OK);
      return found(what, path === directory ? directory : `${directory} can be made`);
    } catch (error) {
      return lacking(what, messageOf(error), fix);
    }
  }
}
