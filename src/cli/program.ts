import { Command } from '@commander-js/extra-typings';
import { version } from '../core/version.ts';
import { addDrillCommands } from './commands-drill.ts';
import { addMachineCommands } from './commands-machine.ts';
import { addReportCommands } from './commands-report.ts';
import type { CliContext } from './context.ts';
import { EXIT_STATUS_HELP } from './exit-status.ts';

/** Takes the exit status that a command came to. */
export type Done = (status: number) => void;

/**
 * The program with all its commands. Nothing heavy is loaded before a command is really run. Usage errors are thrown as
 * a CommanderError once they have been shown.
 */
export function program(context: CliContext, done: Done): Command {
  const root = new Command('drill')
    .description('Restore fire drills for PostgreSQL and pgBackRest: restore, recover, prove, measure, report.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: context.stdout,
      writeErr: context.stderr,
      outputError: (text, write) => write(text.replace(/^error:/, 'drill:')),
    })
    .showHelpAfterError('(--help after a command lists its options)')
    .addHelpText('afterAll', EXIT_STATUS_HELP);
  addDrillCommands(root, context, done);
  addReportCommands(root, context, done);
  addMachineCommands(root, context, done);
  return root;
}
