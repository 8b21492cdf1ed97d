import { assertIsolation } from '../../checks/isolation/isolation.ts';
import { skipChecks } from '../../checks/run-checks.ts';
import { listHistories } from '../../pgbackrest/archive.ts';
import type { ProvisionedSandbox } from '../../sandbox/sandbox.ts';
import { askData } from './ask-data.ts';
import type { Settled } from '../preflight/preflight.ts';
import type { Recovered } from '../recover/recover.ts';
import type { DrillServices, RunState } from '../run-state.ts';
import { kindOf } from '../targets/index.ts';
import { blameOf } from '../why-ended.ts';

interface VerifyInput {
  readonly state: RunState;
  readonly station: ProvisionedSandbox;
  readonly ready: Settled;
  readonly recovered: Recovered;
  readonly historiesBefore: readonly string[];
  readonly services: DrillServices;
  readonly signal: AbortSignal;
}

/** Asserts that the copy is cut off, and asks for its data only if it is. What came of it goes into the state. */
export async function verify(input: VerifyInput): Promise<void> {
  const { state, station, ready, recovered, historiesBefore, services, signal } = input;
  const { plan } = state;
  const { endpoint } = station;
  const historiesNow = await listHistories(
    ready.pgbackrest,
    ready.backup.repo,
    ready.archive.listing.archiveId,
    signal,
  );
  // From here on nothing is asked of the repository, but by a standby.
  const { confinement } = station.facts;
  const network = kindOf(ready.target).staysInRecovery ? confinement.network : await station.seal(signal);
  await using database = await recovered.sessions.ours();
  const isolation = await assertIsolation({
    database,
    host: station.host,
    paths: station.paths,
    confinement: { ...confinement, network },
    outside: station.outside,
    binDirectory: ready.binaries.directory,
    elapsedMs: services.clock.now().getTime() - state.startedAt.getTime(),
    preload: plan.sandbox.preload,
    historiesBefore,
    historiesNow,
    port: endpoint.port,
  });
  // What did not hold may not have been answered at all.
  const isCutOff = isolation.every(({ status }) => status === 'passed');
  const gone = isCutOff ? null : await blameOf(state);
  if (gone) throw gone;
  state.checks.push(...isolation);
  // What a check makes a copy do that is not cut off, it might do to production.
  if (isCutOff) await askData(state, { recovered, station, ready, services, signal });
  else state.checks.push(...skipChecks(plan.checks, 'nothing was asked of a copy that is not cut off'));
  signal.throwIfAborted();
}
