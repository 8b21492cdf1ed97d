import type { Command } from '@commander-js/extra-typings';
import { asDrillError, DrillError } from '../../core/errors.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import { RunStore } from '../../store/run-store.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-status.ts';
import { overdueAlarm } from '../notify/alarms.ts';
import { orTell } from '../notify/or-tell.ts';
import { tell } from '../notify/services.ts';
import { graceOf } from '../plans/grace.ts';
import { plansFor, sameName, sameNamed } from '../plans/load-plans.ts';
import { planFiles } from '../plans/plan-files.ts';
import { scheduledDrills } from '../plans/scheduled-drills.ts';
import { showError } from '../view/show-error.ts';
import { schedulesText, type ScheduledDrill } from '../view/schedules.ts';
import type { Done } from './command.ts';

interface OverdueOptions {
  readonly grace: string;
  readonly reports?: string | undefined;
  readonly json?: true | undefined;
  readonly notify?: true | undefined;
}

export function define(command: Command, context: CliContext, done: Done): void {
  command
    .argument('[plan...]', 'plan files, or their names in drills/; default: drills/*.yaml')
    .option('--grace <duration>', 'how late a drill may begin', '1h')
    .option('--reports <dir>', 'where reports are; default: as the plans say')
    .option('--json', 'print it as JSON')
    .option('--notify', 'tell the channels of each plan what is new')
    .addHelpText('after', examples('drill overdue', 'drill overdue --grace 6h --json'))
    .action(async (plans, options) => done(await overdue(plans, options, context)));
}

/**
 * Which drills should have run and did not, or have not passed since they were due. What was missed goes on record, once. Returns
 * the exit status: 1 where there is any, else 2 where a plan cannot be used.
 */
async function overdue(files: readonly string[], options: OverdueOptions, context: CliContext): Promise<number> {
  const isTold = options.notify === true;
  const { named, graceMs } = await orTell({ isTold, files }, context, () => asked(files, options));
  const load = (some: readonly string[]) => (): DrillPlan[] =>
    plansFor(some, options.reports === undefined ? {} : { reports: options.reports }, [], context.env);
  const { plans, isWhole } =
    files.length > 0
      ? { plans: await orTell({ isTold, files }, context, load(files)), isWhole: true }
      : await loadEach(named, isTold, load, context);
  const now = new Date();
  for (const plan of plans) await noteMissed(plan, now, context);
  const drills = scheduledDrills(plans, now, graceMs);
  const { stdout, stdoutStyle, stdoutColumns } = context;
  stdout(
    options.json ? `${JSON.stringify({ drills }, null, 2)}\n` : schedulesText(drills, stdoutStyle, stdoutColumns()),
  );
  if (isTold) await tellAll(drills, plans, { now, grace: options.grace }, context);
  if (drills.some(({ alarm }) => alarm !== null)) return EXIT.failed;
  return isWhole ? EXIT.passed : EXIT.usage;
}

/** All plans that are here: one that cannot be used is told, and keeps nothing back of the others. */
async function loadEach(
  named: readonly string[],
  isTold: boolean,
  load: (some: readonly string[]) => () => DrillPlan[],
  context: CliContext,
): Promise<{ readonly plans: DrillPlan[]; readonly isWhole: boolean }> {
  const plans: DrillPlan[] = [];
  let isWhole = true;
  for (const file of named) {
    try {
      plans.push(...(await orTell({ isTold, files: [file] }, context, () => alone(load([file])(), file, plans))));
    } catch (error) {
      const known = asDrillError(error);
      if (!known) throw error;
      isWhole = false;
      context.stderr(context.redactor.text(showError(known, context.stderrStyle)));
    }
  }
  return { plans, isWhole };
}

function alone(found: DrillPlan[], file: string, others: readonly DrillPlan[]): DrillPlan[] {
  const [plan] = found;
  const same = plan && sameNamed(plan, others);
  if (same) throw sameName(file, same);
  return found;
}

/** A monitor that has nothing to look at any more is a fault as well. */
function asked(
  files: readonly string[],
  { grace }: OverdueOptions,
): { readonly named: readonly string[]; readonly graceMs: number } {
  const graceMs = graceOf(grace);
  const named = files.length > 0 ? files : planFiles();
  if (named.length === 0)
    throw new DrillError('not-found', 'there is no plan in drills/', { hint: 'write one with: drill init' });
  return { named, graceMs };
}

/** A drill without a schedule is never late. */
async function tellAll(
  drills: readonly ScheduledDrill[],
  plans: readonly DrillPlan[],
  { now, grace }: { readonly now: Date; readonly grace: string },
  context: CliContext,
): Promise<void> {
  for (const drill of drills) {
    const plan = plans.find(({ name }) => name === drill.drill);
    if (plan?.schedule) await tell(overdueAlarm(drill, plan, grace, now), context);
  }
}

/** Who may not write to the ledger may still ask. */
async function noteMissed({ name, schedule, reports }: DrillPlan, now: Date, context: CliContext): Promise<void> {
  if (schedule === null) return;
  const problem = await new RunStore(reports).noteMissed({ drill: name, schedule, startedAt: now });
  const { stderr, stderrStyle } = context;
  if (problem !== null)
    stderr(`${stderrStyle('yellow', '!')} what ${name} has missed is not put on record: ${problem}\n`);
}
