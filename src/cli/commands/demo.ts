import type { Command } from '@commander-js/extra-typings';
import type { CliContext } from '../context.ts';
import { runDemo } from '../demo/demo.ts';
import { examples } from '../examples.ts';
import type { Done } from './command.ts';

export function define(command: Command, context: CliContext, done: Done): void {
  command
    .option('--keep', 'leave its production up')
    .addHelpText('after', examples('drill demo'))
    .action(async (options) => done(await runDemo(options, context)));
}
