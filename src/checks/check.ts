import type { Instant } from '../core/instant.ts';
import type { ReasonCode } from '../core/reason-codes.ts';
import type { Host } from '../host/host.ts';
import type { Lack } from '../postgres/lacks.ts';
import type { Sessions } from '../postgres/sessions.ts';
import type { Beats } from './beats.ts';

/** What a check may ask: the restored instance, and where it runs. */
export interface CheckContext {
  readonly host: Host;
  readonly sessions: Sessions;
  /** The recovery target's time, else the run's start: what `maxAge` counts back from. */
  readonly reference: Instant;
  readonly recovered: RecoveredTo;
  /** What a psql of a check reads first; see `STOP_AT_ERRORS` of the command checks. */
  readonly psqlrc: string;
  /** The longest wait for a lock, which nobody is there to release; left out: as long as the check may take. */
  readonly lockTimeoutMs?: number;
  readonly monotonicMs: () => number;
  readonly signal: AbortSignal;
}

/** How far the recovery went that is asked about. */
export interface RecoveredTo {
  /** To the end of the archive; else it stopped at a target that was chosen. */
  readonly toTheEnd: boolean;
  /** It stopped before the first commit later than the reference. */
  readonly beforeLaterCommit: boolean;
  /** The last commit that was replayed; null: none was. */
  readonly lastCommitAt: Instant | null;
  /** When the backup ended, by the clock of the machine that took it. */
  readonly backupStoppedAt: Instant;
  /** The disaster that the drill plays: the first instant of provision, by the clock of this machine. */
  readonly disasterAt: Instant;
}

/** What a kind of check finds out; name, severity and time are added here. */
export interface CheckFinding {
  readonly status: 'passed' | 'failed' | 'error' | 'skipped';
  readonly expected: string;
  readonly observed: string | null;
  readonly message: string | null;
  /** Why it was skipped; the code is `environment-lacks` where none is named. */
  readonly lack?: Lack & { readonly code?: ReasonCode };
  /** What a heartbeat shows of the recovery. */
  readonly beats?: Beats;
}
