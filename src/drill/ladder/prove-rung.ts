import { DrillError } from '../../core/errors.ts';
import { formatInstant, type Instant } from '../../core/instant.ts';
import { formatLsn } from '../../postgres/lsn.ts';
import { rungKind } from '../../targets/rung.ts';
import type { Standing } from '../recover/gated-replay.ts';
import type { Rung } from './rung.ts';

/**
 * Why a target was provably reached, in a sentence, of two that know nothing of each other: the list of all transactions that
 * pg_waldump made before the restore, and where the server says that it stands. Throws `target-unproven` where they differ.
 */
export function proveRung(rung: Rung, { gate, replayedTo, lastEndedAt }: Standing): string {
  const text = rungKind(rung.target).text(null);
  if (gate !== rung.gate || lastEndedAt !== rung.lastEndedAt) {
    throw new DrillError(
      'target-unproven',
      `replay stands at LSN ${formatLsn(replayedTo)}, but not provably at ${text}: the last transaction that the server replayed ended ${when(lastEndedAt)}, the last in the archive before that position ${when(rung.lastEndedAt)}`,
      { hint: 'read the server log in the report folder' },
    );
  }
  return `replay stood at LSN ${formatLsn(replayedTo)}, and the record at LSN ${formatLsn(gate)} is the first behind the target; the last transaction that was replayed ended ${when(lastEndedAt)}, as in the archive`;
}

function when(at: Instant | null): string {
  return at === null ? 'at no time since the backup began' : formatInstant(at);
}
