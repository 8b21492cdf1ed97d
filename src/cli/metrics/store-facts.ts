import { asDrillError, type DrillError } from '../../core/errors.ts';
import { version } from '../../core/version.ts';
import type { DrillFacts, StoreFacts } from '../../metrics/of-drills.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import { tallyOf, unreadableLines } from '../../store/tally.ts';
import { plansFor } from '../plans/load-plans.ts';
import { scheduledDrills } from '../plans/scheduled-drills.ts';

/** Plans that can be used, and what is wrong with the others. */
interface Loaded {
  readonly plans: readonly DrillPlan[];
  readonly problems: readonly DrillError[];
}

/** Loads some plans, each for itself: one that cannot be used keeps nothing back of the others. */
export function loadEach(files: readonly string[], reports: string | undefined): Loaded {
  const loaded = files.map((file) => {
    try {
      return plansFor([file], reports === undefined ? {} : { reports });
    } catch (error) {
      const known = asDrillError(error);
      if (known?.code !== 'plan-invalid') throw error;
      return known;
    }
  });
  return {
    plans: loaded.flatMap((one) => (Array.isArray(one) ? one : [])),
    problems: loaded.flatMap((one) => (Array.isArray(one) ? [] : [one])),
  };
}

/** What is on record of the drills of some plans. Throws `not-found` for a ledger that cannot be read. */
export function storeFacts({ plans, problems }: Loaded, now: Date, graceMs: number): StoreFacts {
  const byDrill = [...Map.groupBy(plans, ({ name }) => name).values()];
  const directories = new Set(plans.map(({ reports }) => reports));
  return {
    version: version(),
    unusablePlans: problems.length,
    unreadableLines: [...directories].reduce((sum, directory) => sum + unreadableLines(directory), 0),
    drills: byDrill.flatMap((ofOne) => factsOf(ofOne, now, graceMs)),
  };
}

/** A plan that names several repositories is one drill, and has a part for each of them. */
function factsOf(ofOne: readonly DrillPlan[], now: Date, graceMs: number): DrillFacts[] {
  const [plan] = ofOne;
  if (plan === undefined) return [];
  const { name, source, sandbox, reports } = plan;
  const [standing] = scheduledDrills([plan], now, graceMs);
  const repositories = [...new Set(ofOne.map(({ source: { repo } }) => repo))];
  return [
    {
      drill: name,
      stanza: source.stanza,
      sandbox: sandbox.kind,
      schedule: standing === undefined || standing.schedule === null ? null : standing,
      tally: tallyOf(reports, name, repositories),
    },
  ];
}
