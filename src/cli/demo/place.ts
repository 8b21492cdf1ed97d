import { accessSync, constants, mkdirSync, realpathSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DrillError, messageOf } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import { LocalHost } from '../../host/local-host.ts';
import type { RunUser } from '../../host/run-user.ts';
import { trialFence } from '../../sandbox/fence/trial.ts';

/** Paths of Unix sockets are short: a longer directory has no room for those of the demo. */
const LONGEST_BASE = 35;

/** A directory that does not exist yet, where the user who runs the cluster may make it. */
export async function newDemoDirectory(host: Host, user: RunUser): Promise<string> {
  for (const base of [tmpdir(), '/tmp', '/var/tmp'].map((path) => realpathSync(path))) {
    const { exitCode } = await host.run(['test', '-w', base, '-a', '-x', base]);
    if (exitCode === 0 && base.length <= LONGEST_BASE)
      return join(base, `pgdrill-demo-${randomBytes(3).toString('hex')}`);
  }
  throw new DrillError(
    'scratch-not-writable',
    `the user ${user.name}, who runs the demo, cannot write to ${tmpdir()}, /tmp or /var/tmp`,
  );
}

/** Where the reports go: ./reports, or a folder that may be written to where that may not. */
export function reportsDirectory(): string {
  const wanted = [
    resolve('reports'),
    join(homedir(), 'pgdrill-reports'),
    join(tmpdir(), `pgdrill-reports-${process.getuid?.() ?? 0}`),
  ];
  const found = wanted.find(isWritable);
  if (found !== undefined) return found;
  throw new DrillError('scratch-not-writable', `no reports can be written to ${wanted.join(', ')}`, {
    hint: 'run the demo in a directory that you may write to',
  });
}

function isWritable(directory: string): boolean {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Why bubblewrap cannot fence the copies off on this machine, or null when it can. */
export async function whyUnfenced(user: RunUser): Promise<string | null> {
  const fence = await trialFence(new LocalHost({ user, fence: null, env: {} }));
  return new LocalHost({ user, fence, env: {} }).run(['true']).then(
    ({ exitCode, stderr }) => (exitCode === 0 ? null : stderr.trim() || `it ended with ${exitCode}`),
    (error: unknown) => messageOf(error),
  );
}
