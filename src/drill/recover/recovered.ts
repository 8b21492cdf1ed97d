import type { Instant } from '../../core/instant.ts';
import type { Daemon } from '../../host/host.ts';
import type { FeedJournal, WalFeed } from '../../pgbackrest/wal-feed.ts';
import type { UserConfig } from '../../pgbackrest/user-config.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import type { ControlData } from '../../postgres/control-data.ts';
import type { Lsn } from '../../postgres/lsn.ts';
import type { RecoveryLog } from '../../postgres/recovery-log.ts';
import type { Server } from '../../postgres/server.ts';
import type { Sessions } from '../../postgres/sessions.ts';
import type { RecordedSetting } from '../../postgres/settings.ts';
import type { ProvisionedSandbox } from '../../sandbox/sandbox.ts';
import type { PhaseProgress } from '../events.ts';
import type { Settled } from '../preflight/preflight.ts';
import type { Climb } from './gated-replay.ts';

/** What a recovery works with. */
export interface RecoverInput {
  readonly plan: DrillPlan;
  readonly config: UserConfig;
  readonly runId: string;
  readonly station: ProvisionedSandbox;
  readonly ready: Settled;
  readonly feed: WalFeed;
  readonly keepInstance: boolean;
  /** What is done while it is held at positions; null: it goes to its target at once. */
  readonly climb: Climb | null;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: PhaseProgress) => void;
  /** Called before the server is started, so that it is stopped however the run ends. */
  readonly onServer: (server: Server) => void;
  /** Called when something fetches WAL beside the server. */
  readonly onFetcher: (fetcher: Daemon) => void;
}

/** A recovery that went through; whether its target was reached is still to be proven. */
export interface Recovered {
  readonly server: Server;
  readonly sessions: Sessions;
  readonly log: RecoveryLog;
  readonly journal: FeedJournal;
  readonly replayedTo: Lsn;
  readonly lastCommitAt: Instant | null;
  readonly timeline: number;
  readonly acceptedAt: Instant;
  /** What pg_control said of the restored cluster before it was started. */
  readonly restored: ControlData;
  readonly settings: readonly RecordedSetting[];
  /** Null when the cluster's configuration was in the backup. */
  readonly configurationMissing: string | null;
  /** What PostgreSQL has against the settings of ALTER SYSTEM in the backup; null: nothing. */
  readonly refusedSettings: string | null;
}
