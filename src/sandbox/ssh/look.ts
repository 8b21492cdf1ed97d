import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CleanupStack } from '../../core/cleanup.ts';
import { asDrillError, DrillError } from '../../core/errors.ts';
import { LocalHost } from '../../host/local-host.ts';
import { chooseRunUser, currentUser } from '../../host/run-user.ts';
import { machineFacts } from '../local/machine.ts';
import type { Intent } from './intent.ts';
import type { SandboxSpec, Station } from '../sandbox.ts';

/**
 * A place on this machine to look into the repository from, while the server is not there yet or has no pgBackRest.
 * Throws `tool-missing` when this machine has none either.
 */
export async function lookFromHere(spec: SandboxSpec, intent: Intent, cleanup: CleanupStack): Promise<Station> {
  const user = chooseRunUser(null, spec.repositoryPaths);
  const root = mkdtempSync(join(tmpdir(), 'pgdrill-look-'));
  cleanup.push(
    `remove ${root}`,
    () => {
      rmSync(root, { recursive: true, force: true });
      return Promise.resolve();
    },
    { evenWhenKept: true },
  );
  intent.noteLook(root);
  chmodSync(root, 0o700);
  if (user.uid !== currentUser().uid) chownSync(root, user.uid, user.gid);
  const names = ['data', 'tablespaces', 'sockets', 'conf', 'secrets', 'spool', 'lock', 'log', 'feed', 'temp'] as const;
  const paths = Object.fromEntries(names.map((name) => [name, join(root, name)])) as Record<
    (typeof names)[number],
    string
  >;
  const host = new LocalHost({ user, fence: null, env: { TMPDIR: paths.temp }, credentials: spec.credentials });
  for (const name of names) await host.makeDirectory(paths[name]);
  await requirePgBackRest(host);
  return {
    host,
    paths: { root, ...paths },
    facts: {
      kind: 'ssh',
      ...machineFacts(),
      user: user.name,
      confinement: { fileSystem: false, network: 'open', privileges: user.uid !== 0, shown: [] },
      container: null,
      server: null,
    },
    blame: () => Promise.resolve(null),
  };
}

async function requirePgBackRest(host: LocalHost): Promise<void> {
  try {
    await host.run(['pgbackrest', 'version'], { role: 'pgbackrest' });
  } catch (error) {
    if (asDrillError(error)?.code !== 'tool-missing') throw error;
    throw new DrillError('tool-missing', 'pgBackRest is neither here nor on the server yet', {
      hint: 'install pgbackrest on this machine: the repository is looked into before a server is made or changed',
      cause: error,
    });
  }
}
