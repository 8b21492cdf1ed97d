import type { Command } from '@commander-js/extra-typings';
import { RunStore } from '../../store/run-store.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-status.ts';
import { reportsDirectory } from '../known-reports.ts';
import { historyJson, historyText } from '../view/history.ts';
import type { Done } from './command.ts';

interface HistoryOptions {
  readonly drill?: string | undefined;
  readonly reports?: string | undefined;
  readonly json?: true | undefined;
}

export function define(command: Command, context: CliContext, done: Done): void {
  command
    .option('--drill <name>', 'only this drill')
    .option('--reports <dir>', 'where reports are; default: ./reports')
    .option('--json', 'print it as JSON')
    .addHelpText('after', examples('drill history', 'drill history --drill orders'))
    .action((options) => done(history(options, context)));
}

/** Past runs from their reports. Returns the exit status. */
function history(options: HistoryOptions, context: CliContext): number {
  const reports = reportsDirectory(options.reports, options.drill);
  const past = new RunStore(reports).list(options.drill ?? null);
  const { stdout, stdoutStyle, stdoutColumns } = context;
  if (options.json) for (const piece of historyJson(past)) stdout(piece);
  else stdout(historyText(past, reports, stdoutStyle, stdoutColumns()));
  return EXIT.passed;
}
