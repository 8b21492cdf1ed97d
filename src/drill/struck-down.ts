import { setTimeout as delay } from 'node:timers/promises';
import { DrillError } from '../core/errors.ts';
import { wasKilled } from '../host/was-killed.ts';
import { sessionEndedBy, struckDownBy } from '../postgres/struck-down.ts';
import type { RunRecord } from './run-record.ts';

type Struck = Pick<RunRecord, 'station' | 'recovered'>;

/**
 * Whether something of the machine ended the restored server, or a process of it: the killer of the kernel, a signal, a
 * shutdown of the machine. What it then did not answer says nothing of the backup.
 */
export function serverStruckDown(state: Struck): Promise<DrillError | null> {
  return struckDown(state, struckDownBy);
}

/** The same of a session of which nothing but its end was seen. */
export function sessionStruckDown(state: Struck): Promise<DrillError | null> {
  return struckDown(state, sessionEndedBy);
}

async function struckDown(
  { station, recovered }: Struck,
  by: (log: string) => string | null,
): Promise<DrillError | null> {
  if (!station) return null;
  const log = await station.host.readFile(`${station.paths.log}/postgresql.log`, { cut: true }).catch(() => null);
  const what = by(log ?? '') ?? ((await isKilled(recovered)) ? 'the restored server was killed' : null);
  if (what === null) return null;
  return new DrillError('process-killed', `${what}: what it was asked then is not answered`, {
    hint: 'look in the system log for the killer; too little memory is the usual one',
  });
}

/** A server whose connection broke is given a moment to be seen to end. */
const SEEN_TO_END_MS = 1000;

async function isKilled(recovered: Struck['recovered']): Promise<boolean> {
  if (recovered === null) return false;
  const exit = await Promise.race([recovered.server.exited, delay(SEEN_TO_END_MS, null, { ref: false })]);
  return exit !== null && wasKilled(exit);
}
