import type { Clock } from '../core/clock.ts';
import type { Endpoint } from '../core/endpoint.ts';
import type { Redactor } from '../core/redact.ts';
import type { RecordedCommand } from '../host/recording-host.ts';
import type { UserConfig } from '../pgbackrest/user-config.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import type { CheckReport, DrillReport, ReasonReport } from '../report/report.ts';
import type { Sandbox, Station } from '../sandbox/sandbox.ts';
import type { Emit } from './events.ts';
import type { Preflight } from './preflight/preflight.ts';
import type { Recovered } from './recover/recover.ts';
import type { RestoreFacts } from './restore/restore.ts';
import type { Timeline } from './timeline.ts';

/** What a run needs from outside. */
export interface DrillServices {
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly sandbox: Sandbox;
  readonly emit: Emit;
  readonly random: () => number;
  /** Aborted by the first Ctrl-C: the run ends, cleans up and reports. */
  readonly signal: AbortSignal;
  /** Aborted by the second: cleaning up hurries. */
  readonly hurry: AbortSignal;
  readonly version: string;
  readonly trigger: 'on-demand' | 'scheduled';
  readonly env: NodeJS.ProcessEnv;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** Everything that a run has found out so far; what is null was not reached. */
export interface RunState {
  readonly runId: string;
  readonly plan: DrillPlan;
  readonly startedAt: Date;
  readonly timeline: Timeline;
  readonly commands: { phase: DrillReport['phases'][number]['id']; command: RecordedCommand }[];
  readonly reasons: ReasonReport[];
  readonly checks: CheckReport[];
  readonly config: UserConfig;
  /** Where the run is; from provision on the place where the instance is. */
  station: Station | null;
  ready: Preflight | null;
  restore: RestoreFacts | null;
  recovered: Recovered | null;
  recovery: DrillReport['recovery'];
  endpoint: Endpoint | null;
  /** All that may be kept of the server's log; null: whatever is in it at the end. */
  closedServerLog: string | null;
}
