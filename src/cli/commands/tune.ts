import { Option, type Command } from '@commander-js/extra-typings';
import { KNOB_IDS } from '../../tune/knobs.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { addPlanOptions } from '../plans/plan-options.ts';
import type { Done } from './command.ts';

export function define(command: Command, context: CliContext, done: Done): void {
  addPlanOptions(command);
  command
    .argument('<plan>', 'a plan file, or its name in drills/')
    .optionsGroup('What is tried:')
    .addOption(new Option('--only <what>', 'only this; repeatable').choices(KNOB_IDS).argParser(collect))
    .option('--drills <n>', 'how often each way is drilled; medians are compared', '1')
    .option('--memory <bytes>', "the memory of production's machine, such as 64GB; default: as much as here")
    .option('--json', 'print what was found on stdout as JSON, and nothing else there')
    .addHelpText('after', examples('drill tune orders', 'drill tune orders --target-time -1h --memory 64GB --drills 3'))
    .action(async (plan, options) => {
      const { tune } = await import('../tune/tune.ts');
      done(await tune(plan, options, context));
    });
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}
