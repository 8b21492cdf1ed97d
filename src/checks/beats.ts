import type { Instant } from '../core/instant.ts';

/** What a heartbeat shows of a recovery. */
export interface Beats {
  readonly table: string;
  /** How often one is due, as the plan says. */
  readonly everyMs: number;
  /** The last beat that is not later than the moment that it is compared with; null: there is none. */
  readonly lastAt: Instant | null;
  /** How many beats are later. */
  readonly later: number;
  /** What it is compared with: the target's time, or the last replayed commit, or the end of the backup. */
  readonly comparedAt: Instant;
  /** Whether the job was running there, so that a beat that was committed later is known to be lost. */
  readonly ran: boolean;
}
