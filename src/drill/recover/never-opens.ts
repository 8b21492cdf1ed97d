import { setTimeout as delay } from 'node:timers/promises';
import { DrillError } from '../../core/errors.ts';
import type { WalGate } from '../../pgbackrest/wal-gate.ts';
import { formatLsn } from '../../postgres/lsn.ts';
import type { RecoveryLog } from '../../postgres/recovery-log.ts';
import { abortedBy } from './aborted.ts';
import type { Climb } from './gated-replay.ts';

interface Held {
  readonly climb: Climb;
  readonly gate: WalGate;
  readonly log: RecoveryLog;
  readonly exited: Promise<unknown>;
  readonly signal: AbortSignal;
}

const LOOK_EVERY_MS = 1000;
/** Consistency and the first connection come at once after the last record that is served. */
const SHUT_MS = 30_000;

/**
 * Rejects once a server that is held at its first gate lets nobody in, though it has read all the WAL up to there, or rejects a
 * record before it; never resolves otherwise. Where transactions with more than 64 subtransactions each were open when the
 * backup began, a standby lets nobody in until they have ended (12 to 18: `recovery snapshot waiting for non-overflowed
 * snapshot or until oldest active xid on standby is at least …`, DEBUG1).
 */
export async function neverOpens({ climb, gate, log, exited, signal }: Held): Promise<never> {
  const ended = AbortSignal.any([signal, abortedBy(exited)]);
  for (let shutMs = 0; !ended.aborted && log.facts.readOnlyAt === null; shutMs += LOOK_EVERY_MS) {
    const isHeld = log.facts.invalidRecord !== null || (await gate.wasMet(climb.from));
    if (!isHeld) shutMs = -LOOK_EVERY_MS;
    if (shutMs >= SHUT_MS) throw isShut(climb, log);
    await delay(LOOK_EVERY_MS, undefined, { signal: ended }).catch(() => undefined);
  }
  return new Promise<never>(() => undefined);
}

function isShut({ from }: Climb, { facts }: RecoveryLog): DrillError {
  const where = `the copy lets nobody in at LSN ${formatLsn(from)}`;
  if (facts.invalidRecord !== null) {
    return new DrillError('wal-invalid', `${where}: PostgreSQL rejects a record before it: ${facts.invalidRecord}`, {
      hint: 'the segment is as it was archived, so it was damaged in production; take a new full backup',
    });
  }
  return new DrillError('rung-unanswered', `${where}, where all WAL up to there was read`, {
    hint: 'transactions with very many subtransactions were open when the backup began; choose a later first target, or another backup set',
  });
}
