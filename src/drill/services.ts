import type { Endpoint } from '../core/endpoint.ts';
import type { Clock } from '../core/clock.ts';
import type { DrillError } from '../core/errors.ts';
import type { Redactor } from '../core/redact.ts';
import type { Host } from '../host/host.ts';
import type { PostgresBinaries } from '../postgres/binaries.ts';
import type { Sessions } from '../postgres/sessions.ts';
import type { DrillReport } from '../report/report.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Notifier } from '../notify/notifier.ts';
import type { Attestor } from '../store/attestor.ts';
import type { Emit } from './events.ts';

/** A recovered copy from inside of its sandbox, for whoever does more with it than to connect. */
export interface RecoveredCopy {
  readonly runId: string;
  readonly sessions: Sessions;
  /** Runs programs beside the server, behind its fence. */
  readonly host: Host;
  /** A directory there for files that go with the run. */
  readonly temp: string;
  readonly binaries: PostgresBinaries;
  /** The system identifier of the cluster. */
  readonly systemId: string;
  /** Where the recovery ended, and what proves it. */
  readonly recovery: NonNullable<DrillReport['recovery']>;
  /** Where the report of the run will lie. */
  readonly folder: string;
  /** It has not ended its recovery, and takes no writes. */
  readonly isStandby: boolean;
  /** It sees nothing of the machine, and reaches nothing but its repository. */
  readonly isFenced: boolean;
  /** The room that is to stay free: what is done in the copy may fill the disk, and that may be production's. */
  readonly room: {
    /** Aborts when it is touched. */
    readonly signal: AbortSignal;
    /** What is lacking; null: nothing. */
    readonly error: DrillError | null;
  };
  /** Aborted when somebody ends the run, or that room is touched. */
  readonly signal: AbortSignal;
  /** Puts a file beside that report, which lists it with its digest. */
  readonly keep: (name: string, text: string) => void;
}

/** Somebody who looks at a recovered copy. It is there until the promise settles; where room is lacking it has to settle. */
export type Explorer = (copy: Endpoint, inside: RecoveredCopy) => Promise<void>;

/** What a run needs from outside. */
export interface DrillServices {
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly sandbox: Sandbox;
  readonly emit: Emit;
  /** What is left to chance is drawn by it, so that it can be drawn again. */
  readonly seed: string;
  /** Aborted by the first Ctrl-C: the run ends, cleans up and reports. */
  readonly signal: AbortSignal;
  /** Aborted by the second: cleaning up hurries. */
  readonly hurry: AbortSignal;
  readonly version: string;
  readonly trigger: 'on-demand' | 'scheduled';
  /** Whether the run is to begin only if the drill has not run since it was due for the last time. */
  readonly onlyIfDue: boolean;
  /** The id of the run that failed, and whose fallback this is; null: it is none. */
  readonly fallbackOf: string | null;
  /** Signs the run; null: it is not signed. */
  readonly attestor: Attestor | null;
  /** Tells people of the run; null: nobody is to be told. */
  readonly notifier: Notifier | null;
  /** Looks at the copy before it is removed; null: nobody does. */
  readonly explore: Explorer | null;
  readonly env: NodeJS.ProcessEnv;
}
