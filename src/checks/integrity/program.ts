import { wasKilled } from '../../host/was-killed.ts';
import type { RunOptions, RunResult } from '../../host/host.ts';
import type { FindingList } from './findings.ts';
import { LOCK_WAIT, type PartContext } from './part.ts';

/** Whether a program of PostgreSQL is where the drill runs. Containers and servers may have less than the packages of Debian. */
export async function hasProgram({ host, binaries, signal }: PartContext, name: string): Promise<boolean> {
  return (await host.run(['test', '-x', `${binaries.directory}/${name}`], { signal })).exitCode === 0;
}

/** The same, with a doubt where it is not. */
export async function requireProgram(context: PartContext, name: string, findings: FindingList): Promise<boolean> {
  const isThere = await hasProgram(context, name);
  if (!isThere) findings.add('program-missing', `${name} is not in ${context.binaries.directory}`);
  return isThere;
}

/**
 * Runs a program of PostgreSQL in the sandbox to its end, behind its fence. What it says may quote restored data, so it goes into no
 * log. Null, with a doubt among the findings: it was ended before.
 */
export async function runToTheEnd(
  { host, binaries, timeoutMs, signal }: PartContext,
  [name = '', ...words]: readonly string[],
  findings: FindingList,
  options: Pick<RunOptions, 'env' | 'role' | 'onLine'>,
): Promise<RunResult | null> {
  const result = await host.run([`${binaries.directory}/${name}`, ...words], {
    ...options,
    unrecorded: true,
    deadlineMs: timeoutMs,
    signal,
  });
  signal.throwIfAborted();
  if (result.timedOut) findings.add('time-limit', `${name} was not done when the time of its part was over`);
  else if (result.exitCode === null || wasKilled(result))
    findings.add('not-examined', `${name} was killed before it gave an answer`);
  else return result;
  return null;
}

/**
 * The variables of a program that asks one database. It waits for no lock for long: on a copy only a prepared transaction holds one
 * that is in the way, and it may hold it for ever.
 */
export function programEnvironment({ sessions }: PartContext, database: string): Record<string, string> {
  const env = sessions.environment(database, null);
  // By this name, also where it is `postgres` and that is not the database of our own questions.
  return { ...env, PGDATABASE: database, PGOPTIONS: `${env['PGOPTIONS'] ?? ''} -c lock_timeout=${LOCK_WAIT}` };
}

/** How far `(41%)` of a line of progress says that a program is; the last figure counts. Null: the line says nothing of it. */
export function fractionIn(line: string): number | null {
  const last = [...line.matchAll(/\((\d{1,3})%\)/g)].at(-1)?.[1];
  return last === undefined ? null : Number(last) / 100;
}
