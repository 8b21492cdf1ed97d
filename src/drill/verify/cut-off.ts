import { assertIsolation } from '../../checks/isolation/isolation.ts';
import { listHistories } from '../../pgbackrest/archive.ts';
import type { Sessions } from '../../postgres/sessions.ts';
import type { CheckReport } from '../../report/report.ts';
import type { ProvisionedSandbox } from '../../sandbox/sandbox.ts';
import type { Settled } from '../preflight/preflight.ts';
import type { Run } from '../run.ts';

interface Running {
  readonly station: ProvisionedSandbox;
  readonly ready: Settled;
  readonly historiesBefore: readonly string[];
  readonly sessions: Sessions;
  /** The copy still gets WAL, by a network where the repository is elsewhere; else there is none from here on. */
  readonly isNetworkUsed: boolean;
}

/** What shows that the copy is cut off from production. */
export async function assertCutOff({ plan, record, services, signal }: Run, copy: Running): Promise<CheckReport[]> {
  const { station, ready, sessions, historiesBefore, isNetworkUsed } = copy;
  const { archiveId } = ready.archive.listing;
  const historiesNow = await listHistories(ready.pgbackrest, ready.backup.repo, archiveId, signal);
  const { confinement } = station.facts;
  const network = isNetworkUsed ? confinement.network : await station.seal(signal);
  await using database = await sessions.ours();
  return await assertIsolation({
    database,
    host: station.host,
    paths: station.paths,
    confinement: { ...confinement, network },
    outside: station.outside,
    binDirectory: ready.binaries.directory,
    elapsedMs: services.clock.now().getTime() - record.startedAt.getTime(),
    preload: plan.sandbox.preload,
    historiesBefore,
    historiesNow,
    port: station.endpoint.port,
  });
}
