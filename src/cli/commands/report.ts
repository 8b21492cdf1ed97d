import { Option, type Command } from '@commander-js/extra-typings';
import { RunStore } from '../../store/run-store.ts';
import { readSignOffs } from '../../evidence/read-sign-offs.ts';
import { RENDERERS, type Renderer, type ReportFormat } from '../../report/render.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-status.ts';
import { reportsDirectory } from '../known-reports.ts';
import { writeTextFile } from '../write-text-file.ts';
import type { Done } from './command.ts';

interface ReportOptions {
  readonly format: ReportFormat;
  readonly output?: string | undefined;
  readonly drill?: string | undefined;
  readonly reports?: string | undefined;
}

const FORMATS = ['md', 'html', 'json', 'junit', 'oscal'] as const;

export function define(command: Command, context: CliContext, done: Done): void {
  command
    .argument('<run>', 'a run id, the beginning of one, or latest')
    .addOption(new Option('--format <format>', 'the format').choices(FORMATS).default('md' as const))
    .option('--output <file>', 'write it to this file')
    .option('--drill <name>', 'only runs of this drill')
    .option('--reports <dir>', 'where reports are; default: ./reports')
    .addHelpText(
      'after',
      examples('drill report latest', 'drill report 20261121T0345 --format html --output drill.html'),
    )
    .action((run, options) => done(report(run, options, context)));
}

/** One past run again, in any format. Returns the exit status of the command, not that of the run. */
function report(which: string, options: ReportOptions, context: CliContext): number {
  const reports = reportsDirectory(options.reports, options.drill, context.env);
  const found = new RunStore(reports).find(which, options.drill ?? null);
  const render: Renderer = RENDERERS[options.format];
  const { drill, runId: run } = found;
  const text = render(found, readSignOffs(reports, { drill, run }).get(`${drill}/${run}`));
  if (options.output === undefined) context.stdout(text);
  else writeTextFile(options.output, text);
  return EXIT.passed;
}
