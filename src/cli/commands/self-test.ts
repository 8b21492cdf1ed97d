import { Option, type Command } from '@commander-js/extra-typings';
import { FAULTS } from '../../self-test/faults.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import type { Done } from './command.ts';

export function define(command: Command, context: CliContext, done: Done): void {
  command
    .argument('[plan]', 'a plan file, or its name in drills/; without it a small cluster is made for the test')
    .addOption(
      new Option('--only <fault>', 'only this fault; repeatable').choices(Object.keys(FAULTS)).argParser(collect),
    )
    .option('--scratch <dir>', 'where it works; default: as the plan says, or /var/lib/pgdrill')
    .option('--reports <dir>', 'where it is put on record; default: as the plan says, or ./reports')
    .option('--json', 'print what was found on stdout as JSON, and nothing else there')
    .addHelpText(
      'after',
      examples('drill self-test', 'drill self-test orders', 'drill self-test orders --only missing-segment'),
    )
    .action(async (plan, options) => {
      const { selfTest } = await import('../self-test/self-test.ts');
      done(await selfTest(plan ?? null, options, context));
    });
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}
