import type { Instant } from '../core/instant.ts';
import type { Host } from '../host/host.ts';
import type { Lack } from '../postgres/lacks.ts';
import type { Sessions } from '../postgres/sessions.ts';

/** What a check may ask: the restored instance, and where it runs. */
export interface CheckContext {
  readonly host: Host;
  readonly sessions: Sessions;
  /** The recovery target's time, else the run's start: what `maxAge` counts back from. */
  readonly reference: Instant;
  /** What a psql of a check reads first; see `STOP_AT_ERRORS` of the command checks. */
  readonly psqlrc: string;
  readonly monotonicMs: () => number;
  readonly signal: AbortSignal;
}

/** What a kind of check finds out; name, severity and time are added here. */
export interface CheckFinding {
  readonly status: 'passed' | 'failed' | 'error' | 'skipped';
  readonly expected: string;
  readonly observed: string | null;
  readonly message: string | null;
  /** Why it was skipped. */
  readonly lack?: Lack;
}
