import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { version } from '../core/version.ts';
import type { Done } from './commands/command.ts';
import { COMMANDS } from './commands/index.ts';
import type { CliContext } from './context.ts';
import { EXIT_STATUS_HELP, SHORT_EXIT_STATUS_HELP } from './exit-status.ts';
import { nearOptions } from './near-options.ts';

/** The program itself, and the commands that run drills. */
const RUNS: ReadonlySet<string> = new Set(['drill', 'run', 'demo']);

/**
 * The program, with the command of that name alone: what the others need is not loaded. With all of them where no command
 * has the name, or it speaks of the others. Usage errors are thrown as a CommanderError once they have been shown.
 */
export async function program(name: string | null, context: CliContext, done: Done): Promise<Command> {
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
    .showHelpAfterError('(drill --help lists the commands)')
    .addHelpText('afterAll', ({ command }) => (RUNS.has(command.name()) ? EXIT_STATUS_HELP : SHORT_EXIT_STATUS_HELP));
  const named = COMMANDS.filter((entry) => entry.name === name && entry.needsAll !== true);
  for (const { name: word, group, says, load } of named.length > 0 ? named : COMMANDS) {
    const { define } = await load();
    define(root.commandsGroup(group).command(word).description(says), context, done);
  }
  for (const command of root.commands) explainMistakes(command);
  return root;
}

/** Names the command whose options were mistaken, and the options that may have been meant. */
function explainMistakes(command: CommandUnknownOpts): void {
  const inherited = command.configureOutput();
  command
    .configureOutput({
      outputError: (text, write) => inherited.outputError?.(`${text}${nearOptions(text, command)}`, write),
    })
    .showHelpAfterError(`(drill ${command.name()} --help lists its options)`);
}
