import type { Station } from '../sandbox/sandbox.ts';
import { kindOf } from '../targets/index.ts';
import type { Ending } from './ending.ts';
import type { Run } from './run.ts';
import type { RecoveredCopy } from './services.ts';

/**
 * Shows the recovered copy to whoever wants to look at it, when everything was asked that a run asks, and before it is removed.
 * A copy that is not cut off is shown to nobody: what is typed there might reach production. Gives what the explorer threw, for later: the copy is removed in any case.
 */
export async function explore(run: Run, { endedBy, bug }: Ending): Promise<Error | null> {
  const { record, services, room } = run;
  const { endpoint, checks } = record;
  const isolation = checks.filter(({ kind }) => kind === 'isolation');
  const isCutOff = isolation.length > 0 && isolation.every(({ status }) => status === 'passed');
  try {
    if (services.explore === null || endpoint === null || endedBy !== null || bug !== null || !isCutOff) return null;
    const inside = insideOf(run);
    if (inside !== null) await services.explore(endpoint, inside);
    return null;
  } catch (error) {
    return room.error ?? (error instanceof Error ? error : new Error(String(error)));
  }
}

function insideOf({ record, folder, services, room }: Run): RecoveredCopy | null {
  const { runId, station, ready, recovered, recovery } = record;
  const binaries = ready?.binaries ?? null;
  if (station === null || ready === null || binaries === null || recovered === null || recovery === null) return null;
  return {
    runId,
    sessions: recovered.sessions,
    host: station.host,
    temp: station.paths.temp,
    binaries,
    systemId: ready.database.systemId,
    recovery,
    folder: folder.path,
    isStandby: kindOf(ready.target).staysInRecovery,
    isFenced: isFenced(station),
    lackOfRoom: () => room.error,
    signal: AbortSignal.any([services.signal, room.signal]),
    keep: (name, text) => folder.keep(name, text),
  };
}

/** That nothing was found of production does not mean that a copy without a fence cannot get there. */
function isFenced({ facts: { confinement } }: Station): boolean {
  return confinement.fileSystem && confinement.network !== 'open';
}
