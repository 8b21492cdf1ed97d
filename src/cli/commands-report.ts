import { Option, type Command } from '@commander-js/extra-typings';
import type { CliContext } from './context.ts';
import { examples } from './examples.ts';
import type { Done } from './program.ts';

const REPORT_FORMATS = ['md', 'html', 'json', 'junit'] as const;

/** The commands that read what runs have left: history, report. */
export function addReportCommands(root: Command, context: CliContext, done: Done): void {
  root.commandsGroup('Results:');

  root
    .command('history')
    .description('past runs, and how their times go')
    .option('--drill <name>', 'only this drill')
    .option('--reports <dir>', 'where reports are; default: ./reports')
    .option('--json', 'print it as JSON')
    .addHelpText('after', examples('drill history', 'drill history --drill orders'))
    .action(async (options) => {
      const { history } = await import('./commands/history.ts');
      done(history(options, context));
    });

  root
    .command('report')
    .description('print the report of a run again, in any format')
    .argument('<run>', 'a run id, the beginning of one, or latest')
    .addOption(new Option('--format <format>', 'the format').choices(REPORT_FORMATS).default('md' as const))
    .option('--output <file>', 'write it to this file')
    .option('--drill <name>', 'only runs of this drill')
    .option('--reports <dir>', 'where reports are; default: ./reports')
    .addHelpText(
      'after',
      examples('drill report latest', 'drill report 20261121T0345 --format html --output drill.html'),
    )
    .action(async (run, options) => {
      const { report } = await import('./commands/report.ts');
      done(report(run, options, context));
    });
}
