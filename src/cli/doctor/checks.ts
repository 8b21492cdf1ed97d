import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { asDrillError, messageOf } from '../../core/errors.ts';
import { chooseRunUser, currentUser, type RunUser } from '../../host/run-user.ts';
import { needsNetwork, repositoriesOf } from '../../pgbackrest/repository.ts';
import { optionsFor, readUserConfig, stanzasOf, type UserConfig } from '../../pgbackrest/user-config.ts';
import { pgBackRestVersion } from '../../pgbackrest/version.ts';
import { OLDEST_MAJOR, versionIn } from '../../postgres/binaries.ts';
import { found, lacking, look, thisHost, type Finding } from '../../sandbox/findings.ts';

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
