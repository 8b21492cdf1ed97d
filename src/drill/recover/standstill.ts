import { DrillError } from '../../core/errors.ts';
import type { WalGate } from '../../pgbackrest/wal-gate.ts';
import { formatLsn, type Lsn } from '../../postgres/lsn.ts';

interface Seen {
  readonly replayedTo: Lsn;
  /** What the server rejects before the gate; null: nothing. */
  readonly invalidRecord: string | null;
}

/** A server that waits for WAL asks for it every 50 ms. */
const LOOKS = 500;

/**
 * Tells a server that is held short of its gate for good from one that is at work on a long record, such as that of a large
 * table that is dropped: whoever works asks for no WAL.
 */
export class Standstill {
  readonly #gate: Pick<WalGate, 'wasMet' | 'forgetMet'>;
  readonly #at: Lsn;
  #replayedTo = -1n;
  #looks = 0;
  #isAskedAnew = false;

  /** `at`: where the gate stands. */
  constructor(gate: Pick<WalGate, 'wasMet' | 'forgetMet'>, at: Lsn) {
    this.#gate = gate;
    this.#at = at;
  }

  /** Why replay goes no further; null: it may. To be asked again and again: it is certain only after hundreds of looks. */
  async look({ replayedTo, invalidRecord }: Seen): Promise<DrillError | null> {
    if (replayedTo !== this.#replayedTo) {
      this.#replayedTo = replayedTo;
      this.#looks = 0;
      this.#isAskedAnew = false;
    }
    this.#looks += 1;
    if (this.#looks % LOOKS !== 0) return null;
    if (invalidRecord !== null) return invalid(invalidRecord, replayedTo, this.#at);
    // Asked for before, it may still have been at work; asked for again while it stood still, it waits.
    if (this.#isAskedAnew && (await this.#gate.wasMet(this.#at))) return short(replayedTo, this.#at);
    await this.#gate.forgetMet();
    this.#isAskedAnew = true;
    return null;
  }
}

function invalid(rejected: string, replayedTo: Lsn, gate: Lsn): DrillError {
  return new DrillError(
    'wal-invalid',
    `replay stopped at ${formatLsn(replayedTo)}, before LSN ${formatLsn(gate)}: PostgreSQL rejects a record: ${rejected}`,
    { hint: 'the segment is as it was archived, so it was damaged in production; take a new full backup' },
  );
}

function short(replayedTo: Lsn, gate: Lsn): DrillError {
  return new DrillError(
    'target-unproven',
    `replay was to stand at LSN ${formatLsn(gate)}, and stands at ${formatLsn(replayedTo)}: the server has read all WAL before that position, and waits for more`,
    { hint: 'read the server log in the report folder' },
  );
}
