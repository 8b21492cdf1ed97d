import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CleanupStack } from '../../core/cleanup.ts';
import { asDrillError, DrillError } from '../../core/errors.ts';
import { LocalHost } from '../../host/local-host.ts';
import { chooseRunUser, currentUser } from '../../host/run-user.ts';
import { confinementBy } from '../fence/confinement.ts';
import { layOut, transientPaths } from '../layout.ts';
import { machineFacts } from '../this-machine.ts';
import type { Intent } from './marker.ts';
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
  const paths = layOut({ disk: root, memory: root });
  const host = new LocalHost({ user, fence: null, env: { TMPDIR: paths.temp }, credentials: spec.credentials });
  for (const path of [paths.data, paths.tablespaces, ...transientPaths(paths)]) await host.makeDirectory(path);
  await requirePgBackRest(host);
  return {
    host,
    paths,
    facts: {
      kind: 'ssh',
      ...machineFacts(),
      user: user.name,
      confinement: confinementBy(null, { isRoot: user.uid === 0, mounts: [] }),
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
