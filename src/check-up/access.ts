import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalHost } from '../host/local-host.ts';
import type { RunUser } from '../host/run-user.ts';
import { credentialsOf } from '../pgbackrest/credentials.ts';
import { PgBackRest } from '../pgbackrest/pgbackrest.ts';
import { privateConfig, readNamedFile } from '../pgbackrest/private-config.ts';
import { repositoriesOf } from '../pgbackrest/repository.ts';
import { optionsFor, type UserConfig } from '../pgbackrest/user-config.ts';

/** Whose repositories are to be read, and as whom. */
interface Asked {
  readonly config: UserConfig;
  readonly stanza: string;
  readonly user: RunUser;
  readonly env: NodeJS.ProcessEnv;
}

/** The repositories of a stanza as this machine reaches them. */
export interface Access {
  readonly host: LocalHost;
  /** pgBackRest with one repository in its configuration, so that no other can stand in for it; null: with all. */
  readonly programFor: (repo: number | null) => Promise<PgBackRest>;
}

/**
 * Lets somebody read the repositories of a stanza from this machine, with pgBackRest as it is here and a configuration of its
 * own, which is gone afterwards. Nothing is fenced off, since nothing of the repository is run.
 */
export async function withAccess<T>(asked: Asked, look: (access: Access) => Promise<T>): Promise<T> {
  const { config, stanza, user, env } = asked;
  const options = optionsFor(config, stanza, 'restore');
  const credentials = credentialsOf(repositoriesOf(options), options, env).variables;
  const host = new LocalHost({ user, fence: null, env: {}, credentials });
  const root = mkdtempSync(join(tmpdir(), 'pgdrill-look-'));
  try {
    // The user of the drill has to pass through it.
    chmodSync(root, 0o711);
    return await look({ host, programFor: (repo) => configured({ config, stanza, host, root, repo }) });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

interface Place extends Pick<Asked, 'config' | 'stanza'> {
  readonly host: LocalHost;
  readonly root: string;
  readonly repo: number | null;
}

async function configured({ config, stanza, host, root, repo }: Place): Promise<PgBackRest> {
  const place = join(root, repo === null ? 'all' : `repo${repo}`);
  await host.makeDirectory(place);
  const paths = { filesPath: place, lockPath: place, logPath: place, spoolPath: place };
  const { content, files } = privateConfig(config, { stanza, repo, readFile: readNamedFile, ...paths });
  for (const file of files) await host.writeFile(file.path, file.content, 0o600);
  await host.writeFile(join(place, 'pgbackrest.conf'), content, 0o600);
  return new PgBackRest(host, join(place, 'pgbackrest.conf'), stanza);
}
