import type { Command } from '@commander-js/extra-typings';
import { integrityText } from '../../checks/integrity/written.ts';
import { asDrillError, DrillError } from '../../core/errors.ts';
import { readMachine } from '../../machine/read-machine.ts';
import { channelWords, type Channel } from '../../notify/channel.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import { formatProblem, loadPlans, PlanError, type PlanDefaults } from '../../plan/load.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-status.ts';
import { PLAN_DIRECTORY, planFile, planFiles } from '../plans/plan-files.ts';
import { settingsText } from '../view/settings.ts';
import { wrap } from '../view/wrap.ts';
import type { Done } from './command.ts';

export function define(command: Command, context: CliContext, done: Done): void {
  command
    .argument('[plan...]', 'plan files; default: drills/*.yaml')
    .addHelpText('after', examples('drill validate', 'drill validate drills/orders.yaml'))
    .action((files) => done(validate(files, context)));
}

/** Every problem of every plan, each with its place. Returns the exit status: 2 when there is any. */
function validate(arguments_: readonly string[], context: CliContext): number {
  const files = arguments_.length > 0 ? arguments_.map(planFile) : planFiles();
  if (files.length === 0) {
    throw new DrillError('not-found', `there is no plan in ${PLAN_DIRECTORY}/`, { hint: 'write one with: drill init' });
  }
  const settings = readMachine(context.env);
  const problems = files.flatMap((file) => {
    const { plans, found } = look(file, settings);
    if (plans[0]) {
      const lines = [
        `${context.stdoutStyle('green', '✓')} ${file}`,
        ...parts(plans[0]),
        ...tells(plans[0].notify, file),
      ];
      context.stdout(lines.map((line) => `${wrap(line, context.stdoutColumns(), 4)}\n`).join('    '));
    }
    return found;
  });
  context.stdout(settingsText(settings));
  context.stderr(problems.map((problem) => `${problem}\n`).join(''));
  return problems.length === 0 ? EXIT.passed : EXIT.usage;
}

/** What a plan says that people want to see in words. */
function parts({ schedule, integrity }: DrillPlan): string[] {
  return [
    ...(schedule === null ? [] : [`due ${schedule.words}`]),
    ...(integrity === null ? [] : [`integrity ${integrityText(integrity)}`]),
  ];
}

/** Those of the machine are told below, once. */
function tells(channels: readonly Channel[], file: string): string[] {
  return channels.filter(({ from }) => from === file).map((channel) => `tells ${channelWords(channel)}`);
}

function look(file: string, defaults: PlanDefaults): { plans: readonly DrillPlan[]; found: readonly string[] } {
  try {
    return { plans: loadPlans({ file, overrides: [], now: new Date(), defaults }), found: [] };
  } catch (error) {
    if (error instanceof PlanError) return { plans: [], found: error.problems.map(formatProblem) };
    const known = asDrillError(error);
    if (!known) throw error;
    return { plans: [], found: [known.message] };
  }
}
