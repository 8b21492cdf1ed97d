import { readFileSync } from 'node:fs';
import { DrillError } from '../../core/errors.ts';
import { ownFile } from '../../core/own-files.ts';
import type { SshPlan } from './schema.ts';
import type { Supervisor } from './supervisor/supervisor.ts';
import { adminHost } from './station.ts';
import { shortened } from '../../core/shortened.ts';

const INSTALL = readFileSync(ownFile('sandbox/ssh/install.sh'), 'utf8');

const DEADLINE_MS = 1_800_000;

/** Whether pgBackRest is on the server, to look into the repository from there. */
export async function hasPgBackRest(supervisor: Supervisor): Promise<boolean> {
  const { exitCode } = await adminHost(supervisor).run(['sh', '-c', 'command -v pgbackrest']);
  return exitCode === 0;
}

/**
 * Installs PostgreSQL of a major version, pgBackRest and bubblewrap where they are missing; the packages that were
 * installed, with their versions. Throws `bootstrap-failed`, or `postgres-missing` when the plan wants nothing installed.
 */
export async function bootstrap(
  supervisor: Supervisor,
  plan: SshPlan,
  major: number,
  signal: AbortSignal,
): Promise<string[]> {
  const argv = ['sh', '-c', INSTALL, 'sh', String(major), plan.install];
  const result = await adminHost(supervisor).run(argv, { signal, deadlineMs: DEADLINE_MS });
  if (result.exitCode === 0) return result.stdout.split('\n').filter((line) => line !== '');
  if (supervisor.lost) throw supervisor.lost;
  if (signal.aborted) throw new DrillError('cancelled', 'the run was ended while the server was made ready');
  const why = result.timedOut
    ? 'it took too long'
    : shortened(result.stderr.trim().split('\n').slice(-4).join(' '), 500);
  const code = plan.install === 'never' ? 'postgres-missing' : 'bootstrap-failed';
  throw new DrillError(code, `the server cannot be made ready for PostgreSQL ${major}: ${why}`, {
    hint: 'install it there by hand, or choose an image of the server that has it; what is there is used as it is',
  });
}
