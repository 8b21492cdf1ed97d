import type { DrillReport } from '../report/report.ts';
import type { ProcedureName } from './procedures.ts';

/** What a runbook has to know of production. What is null is a blank in it. */
export interface Production {
  /** Its data directory. */
  readonly data: string | null;
  /** The files of its pgBackRest configuration; none: pgBackRest finds it by itself. */
  readonly config: readonly string[];
  /** How its server is stopped and started, as people would type it. */
  readonly stop: string | null;
  readonly start: string | null;
}

/** What a runbook is made of. */
export interface RunbookInput {
  readonly drill: string;
  readonly stanza: string;
  /** The plan as `drill run` takes it. */
  readonly plan: string;
  readonly production: Production;
  /** Who does what, by role; empty: blanks to fill. */
  readonly roles: Readonly<Record<string, string>>;
  /** How often who is informed, and where; null: a blank. */
  readonly inform: string | null;
  /** The last passed drill of each procedure; null: none has passed. */
  readonly proven: Readonly<Record<ProcedureName, DrillReport | null>>;
  /** The last run of the drill that failed, when it is newer than every one that passed. */
  readonly failedSince: DrillReport | null;
}
