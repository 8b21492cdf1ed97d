import { writeFileSync } from 'node:fs';
import { DrillError, messageOf } from '../../core/errors.ts';
import { findRun, readHistory, readReport } from '../../report/history.ts';
import { RENDERERS, type ReportFormat } from '../../report/render.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-status.ts';
import { reportsDirectory } from '../known-reports.ts';

interface ReportOptions {
  readonly format: ReportFormat;
  readonly output?: string | undefined;
  readonly drill?: string | undefined;
  readonly reports?: string | undefined;
}

/** `drill report`: one past run again, in any format. Returns the exit status of the command, not that of the run. */
export function report(which: string, options: ReportOptions, context: CliContext): number {
  const run = findRun(readHistory(reportsDirectory(options.reports, options.drill), options.drill ?? null), which);
  const text = RENDERERS[options.format](readReport(run));
  if (options.output === undefined) context.stdout(text);
  else writeReportFile(options.output, text);
  return EXIT.passed;
}

function writeReportFile(file: string, text: string): void {
  try {
    // A report may show restored data, so it is its owner's alone.
    writeFileSync(file, text, { mode: 0o600 });
  } catch (error) {
    throw new DrillError('not-found', `${file} cannot be written: ${messageOf(error)}`, { cause: error });
  }
}
