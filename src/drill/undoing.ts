import type { ReasonCode } from '../core/reason-codes.ts';
import type { Daemon } from '../host/host.ts';
import type { Station } from '../sandbox/sandbox.ts';

/** Ends a program that runs beside the server. */
export async function ended(daemon: Daemon): Promise<void> {
  daemon.kill('SIGKILL');
  await daemon.exited;
}

/** After that a sandbox can do nothing any more. */
const GONE: ReadonlySet<ReasonCode> = new Set(['process-killed', 'connection-lost', 'protocol-error']);

/** What went with its sandbox needs no undoing, and cannot be asked for its log. */
export async function unlessGone(station: Station, undo: () => Promise<void>): Promise<void> {
  try {
    await undo();
  } catch (error) {
    const gone = (await station.blame())?.code;
    if (gone === undefined || !GONE.has(gone)) throw error;
  }
}
