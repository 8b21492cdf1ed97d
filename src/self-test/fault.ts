import type { ReasonCode } from '../core/reason-codes.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import type { PlanOverride } from '../plan/load.ts';
import type { DrillReport } from '../report/report.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { FoundTable } from './look-for-table.ts';

/** Where a fault is made, after the healthy copy has passed there. */
export interface FaultSite {
  /** What the healthy copy came to. */
  readonly control: DrillReport;
  /** The plan that it was drilled by. */
  readonly plan: DrillPlan;
  /** The repository, where it is ours to change; null: it is the user's, and nothing is written to it. */
  readonly repository: string | null;
  /** A directory for what is taken out of the repository meanwhile. */
  readonly aside: string;
  /** A table with rows in it; null: the healthy copy had none. */
  readonly table: FoundTable | null;
  /** All in the cluster is ours, and it is drilled on this machine: its server may run without a fence. */
  readonly mayRunUnfenced: boolean;
}

/** A fault that is there, or will be there when the drill comes to it. */
export interface MadeFault {
  /** What the drill of it has otherwise than the healthy one. */
  readonly overrides?: readonly PlanOverride[];
  readonly env?: Readonly<Record<string, string>>;
  readonly sandbox?: (sandbox: Sandbox) => Sandbox;
  /** Takes it back. */
  readonly undo?: () => void;
  /** Of a fault that is made in the sandbox while the drill runs: whether that has been done by now. */
  readonly wasDone?: () => boolean;
  /** What has to be seen in the report beside the codes; left out: nothing more. */
  readonly isSeen?: (report: DrillReport) => boolean;
  /** What a reader should know of a drill that saw it; null: nothing. */
  readonly remark?: (report: DrillReport) => string | null;
}

/** Why a fault cannot be made here. */
interface CannotMake {
  readonly cannot: string;
}

/** Something that a drill must not pass. */
export interface Fault {
  /** What is done, as a reader would say it. */
  readonly does: string;
  /** It changes files of the repository, so it is made in a copy of that, or in one of our own. */
  readonly changesRepository: boolean;
  /** A drill of it has to fail with one of these. */
  readonly codes: readonly ReasonCode[];
  /** Whose fault it is when a drill passes all the same. */
  readonly blames: 'pgdrill' | 'plan';
  readonly make: (site: FaultSite) => MadeFault | CannotMake;
}
