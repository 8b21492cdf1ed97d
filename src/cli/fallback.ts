import { asDrillError } from '../core/errors.ts';
import type { DrillPlan, DrillResult } from '../index.ts';
import { withResult } from '../report/document/fallback.ts';
import type { FallbackReport } from '../report/fallback.ts';
import type { CliContext } from './context.ts';
import { runShown, type ShownRunOptions } from './run-shown.ts';
import { fallbackShown } from './view/fallback.ts';

/**
 * Runs what is to be tried after a run that failed, as a run of its own, and says what came of it. Gives what is known of it then;
 * null: nothing was to be tried. The exit status of the command is that of the first run. Only a bug is thrown.
 */
export async function runFallback(
  first: DrillResult,
  options: ShownRunOptions,
  context: CliContext,
  isForProgram: boolean,
): Promise<FallbackReport | null> {
  const { fallback: told, runId: fallbackOf } = first.report;
  if (told === null || first.fallback === null) return told;
  if (context.signal.aborted) return { ...told, result: 'fallback not begun: the command was ended by a signal' };
  try {
    const second = await runShown(first.fallback, { ...options, onlyIfDue: false, fallbackOf }, context);
    say(second, first.fallback, isForProgram, context);
    return withResult(told, second.report);
  } catch (error) {
    const known = asDrillError(error);
    if (!known) throw error;
    const result = `fallback could not be run: ${known.code}: ${known.message}`;
    context.stderr(context.redactor.text(`${result}\n`));
    return { ...told, result };
  }
}

/** Where a program reads the report, people read beside it. */
function say(second: DrillResult, plan: DrillPlan, isForProgram: boolean, context: CliContext): void {
  const { stdout, stderr, stdoutStyle, stderrStyle, interactive, columns, stdoutColumns } = context;
  const screen = isForProgram
    ? { style: stderrStyle, width: interactive ? columns() : Infinity }
    : { style: stdoutStyle, width: stdoutColumns() };
  const text = fallbackShown({ ...second, plan }, screen);
  if (isForProgram) stderr(text);
  else stdout(`\n${text}`);
}
