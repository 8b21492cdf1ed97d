import { join } from 'node:path';
import { awaitedLater } from '../../core/awaited-later.ts';
import type { CleanupStack } from '../../core/cleanup.ts';
import { onSocket } from '../../core/endpoint.ts';
import { chooseRunUser } from '../../host/run-user.ts';
import { resolvePath } from '../path-relation.ts';
import { runningDataDirectories } from '../processes.ts';
import type { SandboxSpec, Site } from '../sandbox.ts';
import { directoriesOfProduction } from '../shown.ts';
import { keptOf } from '../sweeping.ts';
import { machineOutside } from '../this-machine.ts';
import { anyPort } from '../way-in.ts';
import { lockDrill } from './drill-lock.ts';
import { readMarker } from './marker.ts';
import { claimRunDirectory, refuseKeptInstance, removeRun, runPaths, takeOver } from './run-directory.ts';
import type { LocalPlan } from './schema.ts';
import { claimScratch, refuseLongSocketPath, scratchDirectory } from './scratch.ts';
import { refuseForeignWay, refuseUnsafeScratch } from './scratch-guard.ts';
import { stationIn } from './station.ts';

/** Makes a directory for a run on this machine, which is its own for as long as the lock of the drill is held. */
export async function prepare(
  plan: LocalPlan,
  spec: SandboxSpec,
  cleanup: CleanupStack,
  signal: AbortSignal,
): Promise<Site> {
  const scratch = resolvePath(scratchDirectory(plan.scratch));
  const { reuse } = plan;
  const root = join(scratch, reuse ? `kept-${spec.drill}` : spec.runId);
  const paths = runPaths(root);
  refuseLongSocketPath(paths.sockets);
  refuseUnsafeScratch(scratch, [
    ...directoriesOfProduction(spec),
    ...runningDataDirectories(scratch)
      .filter((path) => !isInMarkedRun(path, scratch))
      .map((path) => ({ path, what: 'the data directory of a running server' })),
  ]);
  refuseForeignWay(scratch);
  const user = chooseRunUser(plan.runAs ?? null, spec.repositoryPaths);
  const unclaim = claimScratch(scratch);
  let isUsed = false;
  if (unclaim) {
    const leave = (): Promise<void> => Promise.resolve(isUsed ? undefined : unclaim(spec.drill));
    cleanup.push('leave the scratch directory as it was', leave);
  }
  const lock = lockDrill(join(scratch, 'locks'), spec.drill);
  cleanup.push('release the lock of the drill', () => Promise.resolve(lock.release()), { evenWhenKept: true });
  const keeps = keptOf(spec, plan);
  const left = reuse ? 'data' : 'nothing';
  const label = reuse ? `empty ${root} but for the kept data` : `remove ${root}`;
  refuseKeptInstance(root);
  cleanup.push(label, (hurry) => removeRun(root, left, hurry), { deadlineMs: 600_000, endsWithUs: true });
  const hasKeptData = reuse && (await takeOver(paths, signal));
  claimRunDirectory(root, user, { runId: spec.runId, drill: spec.drill, keeps });

  const outside = awaitedLater(machineOutside(spec));
  const station = await stationIn({ plan, spec, user, paths, signal });
  const prepared: Site = {
    ...station,
    isLookout: false,
    hasKeptData,
    bringsPostgres: false,
    withOtherPgBackRest: () => Promise.resolve(null),
    withPostgres: () => Promise.resolve(prepared),
    provision: async () => {
      isUsed = true;
      await station.host.makeDirectory(paths.data);
      await station.host.makeDirectory(paths.tablespaces);
      return {
        ...station,
        outside: await outside,
        endpoint: onSocket(paths.sockets, anyPort(), plan.superuser),
        seal: () => Promise.resolve(station.facts.confinement.network),
      };
    },
  };
  return prepared;
}

function isInMarkedRun(path: string, scratch: string): boolean {
  const name = path.startsWith(`${scratch}/`) ? path.slice(scratch.length + 1).split('/')[0] : undefined;
  return name !== undefined && readMarker(join(scratch, name)) !== null;
}
