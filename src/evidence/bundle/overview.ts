import type { Problem } from '../verify/problem.ts';
import { isOpen } from '../../report/review.ts';
import { isDrill, isUnseen, type BundledRun } from './bundled-run.ts';
import { keptSchedule, stretchesWithout, type Kept, type PlannedDrill, type Stretch } from './cadence.ts';
import { controlOf } from './controls.ts';
import type { SelfTestStanding } from '../../store/self-test-standing.ts';
import type { MissedDue } from '../../store/ledger/index-answers.ts';
import type { BundleTerms } from './terms.ts';

/** All that the first page of a bundle is made of. The same gives the same bytes. */
export interface BundleRecord {
  readonly terms: BundleTerms;
  /** Oldest first. */
  readonly runs: readonly BundledRun[];
  /** When a drill passed for the last time before the period (ISO 8601, UTC); null: never on record. */
  readonly passedBefore: (drill: string) => string | null;
  /** Drills that ran before the period, with the controls that the last of their runs named. */
  readonly ranBefore: ReadonlyMap<string, readonly string[]>;
  /** When the first run of a drill began, however it ended (ISO 8601, UTC); null: it never ran. */
  readonly firstBegun: (drill: string) => string | null;
  /** Drills whose plan, with a schedule, is at hand. */
  readonly planned: readonly PlannedDrill[];
  /** What `drill evidence verify` says of all this. */
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
  /** Ids of keys that were used: those that were named, or else those beside the reports. */
  readonly keys: readonly string[];
  readonly keysNamed: boolean;
  /** Times of the period at which a drill was due and did not run, by the ledger. */
  readonly missed: readonly MissedDue[];
  /** Whether drills were shown to fail when they must; null: nothing is on record of that. */
  readonly selfTest: SelfTestStanding | null;
  /** The time of the last line of the ledger; null: there is none. */
  readonly ledgerEnd: string | null;
}

/** What speaks for a control, or for one drill. */
interface Support {
  readonly runs: readonly BundledRun[];
  /** Without a passed run, the longest first. */
  readonly stretches: readonly Stretch[];
  readonly open: readonly BundledRun[];
  /** Whether a run has passed on record until the end of the period. */
  readonly hasPassed: boolean;
}

/** A drill of the bundle. */
export interface DrillSupport extends Support {
  readonly drill: string;
  /** Null: no plan with a schedule is at hand. `kept` is null where the drill never ran. */
  readonly schedule: { readonly text: string; readonly kept: Kept | null } | null;
}

/** A control that plans name. */
export interface ControlSupport extends Support {
  readonly control: string;
  /** Null: it is not known here what it asks. */
  readonly asks: string | null;
  /** How many days may go by, where the control itself says so. */
  readonly withinDays: number | null;
  readonly drills: readonly DrillSupport[];
}

/** The drills of a bundle by name; those that ran before it, or are planned, and did not run in it as well. */
export function drillsOf(record: BundleRecord): DrillSupport[] {
  const { terms } = record;
  const runs = record.runs.filter(isDrill);
  const planned = record.planned.filter(({ drill }) => terms.drill === null || terms.drill === drill);
  const before = [...record.ranBefore.keys()].filter((drill) => terms.drill === null || terms.drill === drill);
  const names = new Set([...runs.map(({ drill }) => drill), ...before, ...planned.map(({ drill }) => drill)]);
  return [...names].toSorted().map((drill): DrillSupport => {
    const own = runs.filter((run) => run.drill === drill);
    const plan = planned.find((one) => one.drill === drill);
    return {
      drill,
      ...supportOf(own, record, record.passedBefore(drill)),
      schedule: plan ? { text: plan.schedule, kept: keptSchedule(plan, own, terms, record.firstBegun(drill)) } : null,
    };
  });
}

/**
 * The controls that runs of the period name, or that the last run of a drill before it named, by name. A drill speaks for a control
 * if one of those names it.
 */
export function controlsOf(record: BundleRecord): ControlSupport[] {
  const drills = drillsOf(record);
  const named = (drill: DrillSupport): string[] => [
    ...drill.runs.flatMap(namedIn),
    ...(record.ranBefore.get(drill.drill) ?? []),
  ];
  const names = new Set(drills.flatMap(named));
  return [...names].toSorted().map((control): ControlSupport => {
    const own = drills.filter((drill) => named(drill).includes(control));
    const before = own.flatMap(({ drill }) => record.passedBefore(drill) ?? []).toSorted();
    const known = controlOf(control);
    const runs = own.flatMap((drill) => drill.runs);
    return {
      control,
      asks: known?.asks ?? null,
      withinDays: known?.withinDays ?? null,
      drills: own,
      ...supportOf(runs, record, before.at(-1) ?? null),
    };
  });
}

function namedIn({ ended }: BundledRun): readonly string[] {
  return ended?.controls ?? [];
}

function supportOf(runs: readonly BundledRun[], { terms }: BundleRecord, passedBefore: string | null): Support {
  const passed = runs.filter(({ outcome }) => outcome === 'passed').map(({ startedAt }) => startedAt);
  return {
    runs,
    stretches: stretchesWithout(passed, terms, passedBefore),
    hasPassed: passed.length > 0 || passedBefore !== null,
    open: runs.filter((run) => isOpen(run.reviews) || isUnseen(run)),
  };
}
