import type { Beats } from '../checks/beats.ts';
import type { Endpoint } from '../core/endpoint.ts';
import type { RecordedCommand } from '../host/recording-host.ts';
import type { UserConfig } from '../pgbackrest/user-config.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import type { IntegrityPartReport } from '../report/integrity-report.ts';
import type { RungReport } from '../report/rungs.ts';
import type { SelectionReport } from '../report/selection.ts';
import type { CheckReport, DrillReport, PhaseId, ReasonReport } from '../report/report.ts';
import type { Station } from '../sandbox/sandbox.ts';
import type { TakenSet } from './preflight/rotate.ts';
import type { ProductionAnswers } from './preflight/production-answers.ts';
import type { Preflight } from './preflight/preflight.ts';
import type { Recovered } from './recover/recovered.ts';
import type { Rung } from './ladder/rung.ts';
import type { RestoreFacts } from './restore/restore.ts';
import type { Timeline } from './timeline.ts';

/** What a run finds out on its way; what is null was not reached. */
interface Findings {
  /** What the run is to do: as asked, and for a drill that rotates, of the turn that it took. */
  readonly plan: DrillPlan;
  /** Why it is this turn; null: the drill does not rotate. */
  readonly turn: SelectionReport | null;
  /** The set of that turn, which counts as tried from then on; null: there is none. */
  readonly turnSet: TakenSet | null;
  /** Where the run is; from provision on the place where the instance is. */
  readonly station: Station | null;
  /** The repository that was settled on. */
  readonly repository: number | null;
  readonly ready: Preflight | null;
  /** Where several targets lie, through which the recovery goes; null: it has one, or they were not found. */
  readonly rungs: readonly Rung[] | null;
  readonly restore: RestoreFacts | null;
  readonly recovered: Recovered | null;
  readonly recovery: DrillReport['recovery'];
  readonly endpoint: Endpoint | null;
  /** How the state of the cluster compares with that of the last passed run; null: it was not looked at. */
  readonly baseline: DrillReport['baseline'];
  /** What production said to what the plan compares; null: it was not asked. */
  readonly production: ProductionAnswers | null;
  /** When the copy was asked the same. */
  readonly copyAskedAt: Date | null;
  /** What the heartbeat of the plan shows; null: it has none. */
  readonly beats: Beats | null;
  /** All that may be kept of the server's log; null: whatever is in it at the end. */
  readonly closedServerLog: string | null;
}

/** What a run was asked for. */
interface Asked {
  readonly runId: string;
  readonly plan: DrillPlan;
  readonly startedAt: Date;
  readonly config: UserConfig;
  readonly timeline: Timeline;
}

/**
 * The record of a run, which its report is built from however it ends. A phase notes here what a report has to tell even if
 * the phase fails; what the next phase works with it returns.
 */
export class RunRecord implements Asked, Findings {
  readonly runId: string;
  readonly plan: DrillPlan;
  readonly startedAt: Date;
  readonly config: UserConfig;
  readonly timeline: Timeline;
  readonly commands: { readonly phase: PhaseId; readonly command: RecordedCommand }[] = [];
  readonly reasons: ReasonReport[];
  readonly checks: CheckReport[] = [];
  /** The parts of the integrity checks that have ended. */
  readonly integrity: IntegrityPartReport[] = [];
  /** The targets that were reached on the way to the last. */
  readonly climbed: RungReport[] = [];
  readonly turn: SelectionReport | null = null;
  readonly turnSet: TakenSet | null = null;
  readonly station: Station | null = null;
  readonly repository: number | null = null;
  readonly ready: Preflight | null = null;
  readonly rungs: readonly Rung[] | null = null;
  readonly restore: RestoreFacts | null = null;
  readonly recovered: Recovered | null = null;
  readonly recovery: DrillReport['recovery'] = null;
  readonly endpoint: Endpoint | null = null;
  readonly beats: Beats | null = null;
  readonly baseline: DrillReport['baseline'] = null;
  readonly production: ProductionAnswers | null = null;
  readonly copyAskedAt: Date | null = null;
  readonly closedServerLog: string | null = null;

  constructor({ runId, plan, startedAt, config, timeline }: Asked, reasons: readonly ReasonReport[]) {
    this.runId = runId;
    this.plan = plan;
    this.startedAt = startedAt;
    this.config = config;
    this.timeline = timeline;
    this.reasons = [...reasons];
  }

  /** Takes over what was found out; a later word replaces the one before. */
  note(found: Partial<Findings>): void {
    Object.assign(this, found);
  }
}
