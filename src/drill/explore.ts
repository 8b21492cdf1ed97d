import type { Station } from '../sandbox/sandbox.ts';
import { kindOf } from '../targets/index.ts';
import type { Ending } from './ending.ts';
import type { Run } from './run.ts';

/**
 * Shows the recovered copy to whoever wants to look at it, when everything was asked that a run asks, and before it is removed.
 * A copy that is not cut off is shown to nobody: what is typed there might reach production. The room that is to stay free is looked
 * after until then. Gives what the explorer threw, for later: the copy is removed in any case.
 */
export async function explore({ record, services, room }: Run, { endedBy, bug }: Ending): Promise<Error | null> {
  const { endpoint, station, ready, checks } = record;
  const isolation = checks.filter(({ kind }) => kind === 'isolation');
  const isCutOff = isolation.length > 0 && isolation.every(({ status }) => status === 'passed');
  try {
    if (services.explore === null || endedBy !== null || bug !== null || !isCutOff) return null;
    if (endpoint === null || station === null || ready === null) return null;
    const isStandby = kindOf(ready.target).staysInRecovery;
    await services.explore(endpoint, { isStandby, isFenced: isFenced(station), room });
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    room.stop();
  }
}

/** That nothing was found of production does not mean that a copy without a fence cannot get there. */
function isFenced({ facts: { confinement } }: Station): boolean {
  return confinement.fileSystem && confinement.network !== 'open';
}
