import type { Baseline } from '../checks/baseline/written-baseline.ts';
import type { Compare } from '../checks/compare/written-compare.ts';
import type { IntegrityPlan } from '../checks/integrity/written.ts';
import type { ResolvedCheck } from '../checks/kinds/index.ts';
import type { WalFetch } from '../core/wal-fetch.ts';
import type { KeyPlace } from '../evidence/signers/index.ts';
import type { Channel } from '../notify/channel.ts';
import type { Schedule } from '../schedule/schedule.ts';
import type { PlannedTarget } from '../targets/index.ts';
import type { TimelineChoice } from '../targets/timeline.ts';
import type { PlanValues } from './schema.ts';

/** What a drill takes turns between. */
export interface Rotation {
  /** Null: all repositories that are configured. */
  readonly repos: readonly number[] | null;
  readonly targets: readonly { readonly target: PlannedTarget; readonly timeline: TimelineChoice }[];
}

/** What was asked for: checked, complete and frozen. */
export interface DrillPlan {
  readonly name: string;
  readonly description: string | null;
  /** The plan file, null for a drill given by options alone. */
  readonly file: string | null;
  /** SHA-256 of the text of that file as it was read, whatever has become of the file since. */
  readonly fileSha256: string | null;
  readonly source: {
    readonly stanza: string;
    readonly config: string | null;
    readonly repo: number | null;
    readonly backup: string;
    readonly processMax: number | null;
    /** What a trial has in the configuration beside what stands there, in place of the same options of the same section. */
    readonly added?: readonly { readonly section: string; readonly key: string; readonly value: string }[];
  };
  /** How it is restored and recovered, where there are ways to choose from. */
  readonly restore: { readonly walFetch: WalFetch };
  readonly target: PlannedTarget;
  readonly timeline: TimelineChoice;
  /** Each run takes the combination that was proven longest ago; null: it does as the plan says. */
  readonly rotation: Rotation | null;
  readonly sandbox: PlanValues['sandbox'];
  readonly objectives: {
    readonly rtoMs: number | null;
    readonly rpoMs: number | null;
    readonly backupAgeMs: number | null;
    /** How far back every moment has to be recoverable; `drill check` alone judges it. */
    readonly recoverableMs: number | null;
    /** How long before the RTO objective will be missed, as the data grow, a run warns; null: it does not. */
    readonly forecastMs: number | null;
    /** How far above the median RTO of how many passed runs is worth a warning; null: nothing is. */
    readonly regression: { readonly percent: number; readonly runs: number } | null;
  };
  /** How many sets each repository is to hold; `drill check` alone judges it. Null: nothing was promised. */
  readonly retention: { readonly full: number | null; readonly diff: number | null } | null;
  readonly checks: readonly ResolvedCheck[];
  /** What is compared with production; null: nothing, and production is not asked. */
  readonly compare: Compare | null;
  /** How each run is compared with the last passed one; null: it is not. */
  readonly baseline: Baseline | null;
  /** How deep the restored data is looked into; null: no further than every run does. */
  readonly integrity: IntegrityPlan | null;
  /** What is tried after a run that failed; null: nothing is. */
  readonly fallback: {
    /** Repositories that the plan has drilled anyway, each by a run of its own. */
    readonly drilledAnyway: readonly number[];
  } | null;
  readonly controls: readonly string[];
  /** When the drill is due; without a time zone in that of the machine. */
  readonly schedule: Schedule | null;
  /** What a runbook needs beside what was proven; null: it has blanks. */
  readonly runbook: {
    readonly roles: Readonly<Record<string, string>>;
    readonly inform: string | null;
    readonly stop: string | null;
    readonly start: string | null;
    /** Files that it is written to after each run that passed. */
    readonly write: readonly string[];
  } | null;
  /** The key that signs each run; null: none does. */
  readonly evidence: KeyPlace | null;
  /** Who is told of runs and alarms: by the plan, and by the configuration of the machine. */
  readonly notify: readonly Channel[];
  readonly deadlineMs: number;
  readonly reports: string;
}
