import { asDrillError, DrillError } from '../core/errors.ts';
import { readInfo } from '../pgbackrest/info.ts';
import { wasCutOff } from '../postgres/struck-down.ts';
import { serverStruckDown, sessionStruckDown } from './struck-down.ts';
import type { RunRecord } from './run-record.ts';

/** What may end a run from outside of its procedure. */
interface Endings {
  readonly cancel: AbortSignal;
  readonly deadline: AbortSignal;
  /** The room that was to stay free is taken; null: it is not. */
  readonly full: DrillError | null;
}

/** Whatever stopped the run, as a reason; null for a bug. */
export async function reasonFor(
  error: unknown,
  state: RunRecord,
  { cancel, deadline, full }: Endings,
): Promise<DrillError | null> {
  if (cancel.aborted) return new DrillError('cancelled', 'the run was ended by a signal');
  if (deadline.aborted)
    return new DrillError('deadline-exceeded', 'the run took longer than its deadline', {
      hint: 'raise deadline in the plan',
    });
  if (full) return full;
  const reason = asDrillError(error);
  // What the sandbox did to the run comes before what that looked like from inside: a program of which nothing came back, since
  // the line to its server was gone, seemed to be missing.
  if (reason && ['usage', 'busy'].includes(reason.outcome)) return (await brokenSandbox(state)) ?? reason;
  const blamed = await blameOf(state);
  if (blamed) return blamed;
  if (!reason) return null;
  if (reason.code !== 'disk-full' && (await isFull(state))) return diskFull(reason);
  if (reason.outcome !== 'failed') return reason;
  if (reason.code === 'recovery-failed') {
    const struck = await (wasCutOff(reason.message) ? sessionStruckDown(state) : serverStruckDown(state));
    if (struck) return struck;
  }
  return (await expiredMeanwhile(state, reason)) ?? reason;
}

/**
 * Production expires old backup sets, and their WAL, whenever it takes a new one: what a long drill reads may be removed
 * while it runs. That is no fault of the set, which served until then; the word is that of backup.info, which pgBackRest
 * changes first.
 */
async function expiredMeanwhile({ timeline, ready }: RunRecord, reason: DrillError): Promise<DrillError | null> {
  if (ready === null || !timeline.isDone('preflight')) return null;
  const { pgbackrest, backup } = ready;
  const info = await readInfo(pgbackrest, AbortSignal.timeout(EXPIRY_ASKED_MS)).catch(() => null);
  if (info === null || info.backups.length === 0 || info.backups.some(({ label }) => label === backup.label))
    return null;
  return new DrillError(
    'backup-expired',
    `the backup set ${backup.label} was expired while the drill ran: ${reason.message}`,
    {
      hint: 'drill a newer set, or at a time when no backup is taken',
      cause: reason,
    },
  );
}

const EXPIRY_ASKED_MS = 30_000;

/** What the sandbox has to say for itself, and whether its files are still there; one that cannot be asked says nothing. */
export async function blameOf(state: Pick<RunRecord, 'station' | 'restore'>): Promise<DrillError | null> {
  try {
    return (await brokenSandbox(state)) ?? (await takenAway(state));
  } catch {
    return null;
  }
}

async function brokenSandbox({ station }: Pick<RunRecord, 'station'>): Promise<DrillError | null> {
  try {
    return (await station?.blame()) ?? null;
  } catch {
    return null;
  }
}

/** Without their files programs fail with all kinds of words. None of them is about the backup. */
async function takenAway({ station, restore }: Pick<RunRecord, 'station' | 'restore'>): Promise<DrillError | null> {
  if (!station) return null;
  const { host, paths } = station;
  const conf = await host.list(paths.conf);
  const data = restore === null ? [] : await host.list(paths.data);
  if (conf !== null && data !== null && (restore === null || data.includes('PG_VERSION'))) return null;
  return new DrillError('sandbox-failed', `files of the run were removed while it ran: ${paths.root} is not complete`, {
    hint: 'let nothing else remove or unmount the scratch directory while a drill runs',
  });
}

/**
 * A full disk makes programs fail with all kinds of words (pgBackRest 2.55: `[2] No such file or directory`), the WAL feed
 * without any (dash 0.5.12: `echo: I/O error`), whatever they then stand for.
 */
async function isFull({ station, ready }: RunRecord): Promise<boolean> {
  if (!station || !ready || (ready.freeBytes ?? 0) < FULL_BYTES) return false;
  const room = await station.host.room(station.paths.root).catch(() => null);
  return room !== null && room.freeBytes < FULL_BYTES;
}

/** What a program that failed takes back, such as half a WAL segment of the usual size, makes no room. */
const FULL_BYTES = 16 * 1024 ** 2;

function diskFull(reason: DrillError): DrillError {
  return new DrillError('disk-full', `the scratch file system is full: ${reason.message}`, {
    hint: 'free room on it, or name another one with --scratch',
    cause: reason,
  });
}
