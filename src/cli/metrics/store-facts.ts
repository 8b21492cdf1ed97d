import { version } from '../../core/version.ts';
import type { DrillFacts, StoreFacts } from '../../metrics/of-drills.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import { tallyOf, unreadableLines } from '../../store/tally.ts';
import { scheduledDrills } from '../plans/scheduled-drills.ts';
import type { LoadedPlans } from './load-each.ts';

/** What is on record of the drills of some plans. Throws `not-found` for a ledger that cannot be read. */
export function storeFacts({ plans, problems }: LoadedPlans, now: Date, graceMs: number): StoreFacts {
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
  const [standing] = scheduledDrills(ofOne, now, graceMs);
  const repositories = [...new Set(ofOne.map(({ source: { repo } }) => repo))];
  return [
    {
      drill: name,
      stanza: source.stanza,
      sandbox: sandbox.kind,
      schedule: standing === undefined || standing.schedule === null ? null : standing,
      tally: tallyOf(reports, { drill: name, stanza: source.stanza, repositories, now }),
    },
  ];
}
