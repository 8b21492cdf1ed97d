import type { Instant } from '../../core/instant.ts';
import type { Lsn } from '../../postgres/lsn.ts';
import type { WalRecord } from '../../postgres/waldump.ts';
import type { RungTarget } from '../../targets/rung.ts';

/** One of several targets, and where it lies in the WAL. */
export interface Rung {
  readonly target: RungTarget;
  /** Where the first record begins that is behind the target. */
  readonly gate: Lsn;
  /** The last commit before the gate, in the order of the WAL; null: none has come since the backup began. */
  readonly lastCommit: WalRecord | null;
  /** The time in the last record before the gate that ends a transaction, a rollback included; null: there is none. */
  readonly lastEndedAt: Instant | null;
  /** The first commit behind the gate; null: none was read. */
  readonly nextCommit: WalRecord | null;
}
