import type { Command } from '@commander-js/extra-typings';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { install, print, remove, type InstallOptions } from '../schedule/install.ts';
import { list } from '../schedule/list.ts';
import { addKubernetesOptions, HERE, NAMES, timerOptions, type ScheduleOptions } from '../schedule/options.ts';
import type { Done } from './command.ts';

const PLANS = ['[plan...]', 'plan files, or their names in drills/; default: drills/*.yaml'] as const;
const DRY_RUN = ['--dry-run', 'say what would be done, and do nothing'] as const;

export function define(command: Command, context: CliContext, done: Done): void {
  const printed = command
    .command('print')
    .description('print what starts drills by themselves')
    .argument(...PLANS);
  for (const option of timerOptions(NAMES)) printed.addOption(option);
  addKubernetesOptions(printed);
  printed
    .addHelpText(
      'after',
      examples('drill schedule print orders', 'drill schedule print --with kubernetes | kubectl apply -f -'),
    )
    .action((plans, options: ScheduleOptions) => done(print(plans, options, context)));

  const installed = command
    .command('install')
    .description('have drills start by themselves: for the machine as root, else for this user')
    .argument(...PLANS)
    .option(...DRY_RUN);
  for (const option of timerOptions(HERE)) installed.addOption(option);
  installed
    .addHelpText(
      'after',
      examples('drill schedule install --dry-run', 'drill schedule install orders --user-name postgres'),
    )
    .action(async (plans, options: InstallOptions) => done(await install(plans, options, context)));

  command
    .command('remove')
    .description('take that away again')
    .argument('[drill...]', 'drills, or their plans; default: those of drills/*.yaml')
    .option(...DRY_RUN)
    .addHelpText('after', examples('drill schedule remove orders'))
    .action(async (drills, options) => done(await remove(drills, options, context)));

  command
    .command('list')
    .description('when drills are due, when they ran, and what starts them')
    .argument(...PLANS)
    .option('--grace <duration>', 'how late a drill may begin', '1h')
    .option('--reports <dir>', 'where reports are; default: as the plans say')
    .option('--json', 'print it as JSON')
    .addHelpText('after', examples('drill schedule list', 'drill schedule list --json'))
    .action(async (plans, options) => done(await list(plans, options, context)));
}
