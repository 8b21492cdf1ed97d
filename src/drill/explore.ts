import type { Ending } from './ending.ts';
import type { Run } from './run.ts';

/**
 * Shows the recovered copy to whoever wants to look at it, when everything was asked that a run asks, and before it is removed.
 * A copy that is not cut off is shown to nobody: what is typed there might reach production. Gives what the explorer threw, for
 * later: the copy is removed in any case.
 */
export async function explore({ record, services }: Run, { endedBy, bug }: Ending): Promise<Error | null> {
  const { endpoint, checks } = record;
  const isolation = checks.filter(({ kind }) => kind === 'isolation');
  const isCutOff = isolation.length > 0 && isolation.every(({ status }) => status === 'passed');
  if (services.explore === null || endpoint === null || endedBy !== null || bug !== null || !isCutOff) return null;
  try {
    await services.explore(endpoint);
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
