import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { shellJoin } from '../../core/shell-quote.ts';
import type { Outside, OutsideServer } from '../../host/outside.ts';
import type { RunPaths } from '../../host/run-paths.ts';
import { couldNotOpen } from '../../postgres/failure.ts';
import { hasAnswered, isReadyArgv } from '../../postgres/pg-isready.ts';
import { noneOf, unanswered, type Assertion } from './assertion.ts';
import type { Backend, SeenProcess } from './backend.ts';

/** Has the backend look for what is known of the machine: a socket that it does not see it cannot connect to. */
export async function sightAssertions(backend: Backend, { sockets, paths }: Outside): Promise<Assertion[]> {
  const looked = async (name: string, wanted: readonly string[]): Promise<Assertion> => {
    const seen = await backend.visible(wanted);
    const expected = `none of ${wanted.length}`;
    return typeof seen === 'string' ? unanswered(name, expected, seen) : noneOf(name, expected, seen);
  };
  return [
    await looked(
      'no Unix socket of the machine is in its file system',
      sockets.filter((socket) => socket.startsWith('/')),
    ),
    await looked("nothing of production, nor anybody's keys, is in its file system", paths),
  ];
}

/** Has the backend try to connect to each server that is known, with the `pg_isready` of the same PostgreSQL. */
export async function connectAssertion(
  backend: Backend,
  servers: readonly OutsideServer[],
  binDirectory: string,
): Promise<Assertion[]> {
  if (servers.length === 0) return [];
  const name = 'the copy cannot connect to production';
  const expected = `no answer from ${servers.length} addresses`;
  const reached: string[] = [];
  for (const server of servers) {
    const result = await backend.run(shellJoin(isReadyArgv(binDirectory, server)));
    if ('why' in result) return [unanswered(name, expected, result.why)];
    const answered = hasAnswered(result.exitCode);
    if (answered === null) return [unanswered(name, expected, `pg_isready: exit status ${result.exitCode}`)];
    if (answered) reached.push(`${server.host} port ${server.port} answers`);
  }
  return [noneOf(name, expected, reached, 'none answers')];
}

/** Has the backend try to signal each server process of the machine, with signal 0, which does nothing. */
export async function signalAssertion(
  backend: Backend,
  { processes }: Pick<Outside, 'processes'>,
  seen: readonly SeenProcess[],
): Promise<Assertion[]> {
  if (processes.length === 0) return [];
  const name = 'the copy cannot signal production';
  const expected = `none of ${processes.length} processes`;
  const reached: string[] = [];
  for (const { pid, startTicks } of processes) {
    const result = await backend.run(`kill -0 ${pid}`);
    if ('why' in result) return [unanswered(name, expected, result.why)];
    // A process of its own may have that number.
    const own = seen.find((process) => process.pid === pid);
    if (result.exitCode === 0 && (own === undefined || own.startTicks === startTicks)) reached.push(`process ${pid}`);
  }
  return [noneOf(name, expected, reached)];
}

/**
 * Has the backend write where any user may write on a machine, and beside the run's directory: what it wrote must not be on
 * the machine. Production's own directories are not tried: a fence that is broken must not cost production a file.
 */
export async function writeAssertion(
  backend: Backend,
  { exists }: Pick<Outside, 'exists'>,
  { root }: RunPaths,
): Promise<Assertion[]> {
  if (exists === null) return [];
  const name = 'what the copy writes stays in it';
  const directories = [...new Set(['/tmp', '/var/tmp', '/dev/shm', '/run', dirname(root)])];
  const expected = `nothing comes out of ${directories.join(', ')}`;
  const file = `pgdrill-probe-${randomBytes(6).toString('hex')}`;
  const written: string[] = [];
  const out: string[] = [];
  const fault = async (): Promise<string | null> => {
    for (const path of directories.map((directory) => join(directory, file))) {
      const refusal = await backend.write(path);
      if (refusal === null) written.push(path);
      else if (!couldNotOpen(refusal)) return refusal;
      if (refusal === null && (await exists(path))) out.push(path);
    }
    return null;
  };
  const why = await fault();
  if (written.length > 0) await backend.remove(written);
  if (why !== null) return [unanswered(name, expected, why)];
  const refusals = directories.length - written.length;
  return [noneOf(name, expected, out, `${refusals} of ${directories.length} refused, the others its own`)];
}
