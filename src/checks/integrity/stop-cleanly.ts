import { setTimeout as delay } from 'node:timers/promises';
import { isCleanlyStopped, readControlData } from '../../postgres/control-data.ts';
import { Backend } from '../isolation/backend.ts';
import type { PartContext } from './part.ts';

/**
 * A backend asks its own server for a fast shutdown (SIGINT): a signal from outside of the fence would end all that is in it, and
 * pg_ctl in a fence of its own would mean another process by that number. It can do no more than the copy could by itself.
 */
const FAST_SHUTDOWN = 'read -r pid <postmaster.pid && kill -INT "$pid"';

/** Stops the server cleanly: with a checkpoint that writes every page. Why it did not, or null. */
export async function stopCleanly(context: PartContext): Promise<string | null> {
  const { sessions, serverEnded, host, binaries, paths, timeoutMs, signal } = context;
  const asked = await (async () => {
    await using database = await sessions.ours();
    return await new Backend(database).run(FAST_SHUTDOWN);
  })().catch(() => null);
  if (asked !== null && 'exitCode' in asked && asked.exitCode !== 0) return 'it could not be asked for a fast shutdown';
  const end = new AbortController();
  const late = delay(timeoutMs, 'late' as const, { signal: AbortSignal.any([signal, end.signal]), ref: false }).catch(
    () => 'late' as const,
  );
  const ended = await Promise.race([serverEnded().then(() => 'ended' as const), late]);
  end.abort();
  signal.throwIfAborted();
  if (ended === 'late') return 'it did not shut down in time';
  const control = await readControlData(host, binaries, paths.data);
  return isCleanlyStopped(control) ? null : `pg_control says: ${control.state}`;
}
