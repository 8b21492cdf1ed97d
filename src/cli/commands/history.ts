import type { Command } from '@commander-js/extra-typings';
import { version } from '../../core/version.ts';
import { readPastSelfTests } from '../../store/past-self-tests.ts';
import { RunStore } from '../../store/run-store.ts';
import { standingOfSelfTests } from '../../store/self-test-standing.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-status.ts';
import { reportsDirectory } from '../known-reports.ts';
import { historyJson, historyText } from '../view/history.ts';
import type { Done } from './command.ts';

interface HistoryOptions {
  readonly drill?: string | undefined;
  readonly reports?: string | undefined;
  readonly all?: true | undefined;
  readonly json?: true | undefined;
}

export function define(command: Command, context: CliContext, done: Done): void {
  command
    .option('--drill <name>', 'only this drill')
    .option('--reports <dir>', 'where reports are; default: ./reports')
    .option('--all', `every run; default: the last ${LAST}`)
    .option('--json', 'print all of it as JSON')
    .addHelpText('after', examples('drill history', 'drill history --drill orders'))
    .action((options) => done(history(options, context)));
}

/** How many runs are listed, unless all are asked for. */
const LAST = 50;

/** Past runs from the ledger. Returns the exit status. */
function history(options: HistoryOptions, context: CliContext): number {
  const { drill = null } = options;
  const reports = reportsDirectory(options.reports, options.drill, context.env);
  const store = new RunStore(reports);
  const { stdout, stdoutStyle, stdoutColumns } = context;
  const selfTests = readPastSelfTests(reports).filter(({ plan }) => [null, drill ?? plan].includes(plan));
  if (options.json) {
    for (const piece of historyJson(store.history(drill), selfTests)) stdout(piece);
    return EXIT.passed;
  }
  const list = store.list(drill);
  const last = store.read(options.all ? list.ended : list.ended.slice(-LAST));
  const shown = new Set(last.map(({ run }) => run));
  const lastFallbacks = store.read(list.fallbacks).filter(({ fallbackOf = '' }) => shown.has(fallbackOf));
  const selfTest = standingOfSelfTests(selfTests, version());
  stdout(historyText({ ...list, last, lastFallbacks, selfTest }, reports, stdoutStyle, stdoutColumns()));
  return EXIT.passed;
}
