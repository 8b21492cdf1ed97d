import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { DrillError } from '../../core/errors.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import type { Installed } from '../../schedule/install/installed.ts';
import { SCHEDULERS_HERE, type Owner, type ScheduleOf } from '../../schedule/schedulers.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-status.ts';
import { graceOf } from '../plans/grace.ts';
import { plansFor } from '../plans/load-plans.ts';
import { planFiles } from '../plans/plan-files.ts';
import { scheduledDrills } from '../plans/scheduled-drills.ts';
import { listText, withoutPlanText, type ListedDrill } from '../view/schedule-list.ts';

interface ListOptions {
  readonly grace: string;
  readonly reports?: string | undefined;
  readonly json?: true | undefined;
}

/** Shows drills: when they are due, when they ran, and what starts them. Nothing is judged here: that is for `overdue`. */
export async function list(files: readonly string[], options: ListOptions, context: CliContext): Promise<number> {
  const graceMs = graceOf(options.grace);
  const named = files.length > 0 ? files : planFiles();
  if (named.length === 0)
    throw new DrillError('not-found', 'there is no plan in drills/', { hint: 'write one with: drill init' });
  const plans = plansFor(named, options.reports === undefined ? {} : { reports: options.reports }, [], context.env);
  const installed = await installedFor(plans, context);
  const drills = scheduledDrills(plans, new Date(), graceMs).map((drill): ListedDrill => {
    const plan = plans.find(({ name }) => name === drill.drill);
    const startedBy = installed.filter(
      (one) => one.drill === drill.drill && one.planFile === resolve(plan?.file ?? ''),
    );
    return { ...drill, words: plan?.schedule?.words ?? null, startedBy };
  });
  const withoutPlan = installed.filter(({ planFile }) => !existsSync(planFile));
  const { stdout, stdoutStyle, stdoutColumns } = context;
  stdout(
    options.json
      ? `${JSON.stringify({ drills, withoutPlan }, null, 2)}\n`
      : `${listText(drills, stdoutStyle, stdoutColumns())}${withoutPlanText(withoutPlan, stdoutStyle)}`,
  );
  return EXIT.passed;
}

/** What starts drills here: for the machine, and for this user. */
async function installedFor(plans: readonly DrillPlan[], { env }: CliContext): Promise<Installed[]> {
  const scheduleOf: ScheduleOf = (drill) => plans.find(({ name }) => name === drill)?.schedule ?? null;
  const owners = [true, ...(process.getuid?.() === 0 ? [] : [false])].map((isOfMachine): Owner => ({
    isOfMachine,
    env,
    home: homedir(),
  }));
  const all = owners.flatMap((owner) => SCHEDULERS_HERE.map((scheduler) => scheduler.installed(scheduleOf, owner)));
  return (await Promise.all(all)).flat();
}
