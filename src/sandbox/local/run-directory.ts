import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DrillError, messageOf } from '../../core/errors.ts';
import { together } from '../../core/together.ts';
import { LocalHost } from '../../host/local-host.ts';
import type { RunPaths } from '../../host/run-paths.ts';
import type { RunUser } from '../../host/run-user.ts';
import { takeKeptData } from '../kept-data.ts';
import { layOut, transientPaths } from '../layout.ts';
import { disownRun, MARKER_FILE, readMarker, writeMarker, type RunMarker } from './marker.ts';
import { killProcessesOf, processesOf } from '../processes.ts';
import { sweepCommand } from '../sweeping.ts';

/** The directories of a run: all in its own. */
export function runPaths(root: string): RunPaths {
  return layOut({ disk: root, memory: root });
}

/** Makes the directory of a run, or takes that of the runs before, and marks it. Throws `scratch-refused` for what is not ours. */
export function claimRunDirectory(
  root: string,
  user: RunUser,
  run: Pick<RunMarker, 'runId' | 'drill' | 'keeps'>,
): void {
  // A run that was killed early left it empty, or with a marker that is not whole.
  const isEmpty = !existsSync(root) || readdirSync(root).every((name) => name === `${MARKER_FILE}.new`);
  if (!isEmpty && !readMarker(root)) {
    throw new DrillError('scratch-refused', `${root} is there and was not made by pgdrill`, {
      hint: 'move it away, or name another directory with --scratch; nothing was touched',
    });
  }
  mkdirSync(root, { recursive: true, mode: 0o700 });
  if (process.getuid?.() === 0) {
    // The run user may look into it, and only root may change what is in it.
    chownSync(root, 0, user.gid);
    chmodSync(root, 0o750);
  }
  writeMarker(root, run);
}

/** An instance that was kept in the directory of a drill's data is somebody's: it is not restored over. */
export function refuseKeptInstance(root: string): void {
  const marker = readMarker(root);
  if (marker?.keeps !== 'instance' || processesOf(root).length === 0) return;
  throw new DrillError(
    'busy',
    `the instance that run ${marker.runId} kept is still up, in the data to be reused (${root})`,
    {
      hint: `end it with: ${sweepCommand(marker.runId, ['--scratch', dirname(root)])}`,
    },
  );
}

/** Leaves of an earlier run, however that ended, what a run leaves that ends well. Returns whether its data can be reused. */
export async function takeOver(paths: RunPaths, signal: AbortSignal): Promise<boolean> {
  if (readMarker(paths.root) === null) return false;
  try {
    await removeRun(paths.root, 'data', signal);
    return await takeKeptData(new LocalHost({ user: chooseSelf(), fence: null, env: {} }), paths);
  } catch (error) {
    signal.throwIfAborted();
    throw new DrillError('sandbox-failed', `what is left of an earlier run cannot be removed: ${messageOf(error)}`, {
      hint: 'look at its files and processes; drill sweep --kept removes all of it',
      cause: error,
    });
  }
}

/** Ends what runs in a run directory, removes it (or all but its data), and proves that it is gone. */
export async function removeRun(root: string, keeps: 'nothing' | 'data', signal: AbortSignal): Promise<void> {
  if (!existsSync(root)) return;
  const left = await killProcessesOf(root);
  if (left.length > 0)
    throw new Error(`process ${left.map(({ pid }) => pid).join(', ')} of ${root} could not be ended`);
  const host = new LocalHost({ user: chooseSelf(), fence: null, env: {} });
  const paths = runPaths(root);
  if (keeps === 'data') {
    for (const path of transientPaths(paths)) await host.remove(path, signal);
    await host.remove(join(paths.data, 'postmaster.pid'), signal);
    disownRun(root);
    return;
  }
  // The marker goes last: whatever interrupts this, a sweep still finds what is left.
  const names = readdirSync(root).filter((name) => name !== MARKER_FILE);
  const others = names.map((name) => join(root, name)).filter((path) => path !== paths.data);
  // Both at once: most of the data lies in base, and most of the rest is WAL. A link in the place of one of them goes itself.
  const [base, wal] = [join(paths.data, 'base'), join(paths.data, 'pg_wal')];
  await together(host.remove(base, signal), host.remove([wal, ...others], signal));
  await host.remove(paths.data, signal);
  await host.remove(root, signal);
  if (existsSync(root)) throw new Error(`${root} is still there`);
}

/** Whoever runs pgdrill. */
export function chooseSelf(): RunUser {
  return { name: '', uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, home: '/' };
}
