import { asDrillError } from '../core/errors.ts';
import type { DrillResult } from '../index.ts';
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
  say: (text: string) => void,
): Promise<FallbackReport | null> {
  const { fallback: told, runId: fallbackOf } = first.report;
  if (told === null || first.fallback === null) return told;
  if (context.signal.aborted) return { ...told, result: 'fallback not begun: the command was ended by a signal' };
  try {
    const second = await runShown(first.fallback, { ...options, onlyIfDue: false, fallbackOf }, context);
    say(fallbackShown({ ...second, plan: first.fallback }, context));
    return withResult(told, second.report);
  } catch (error) {
    const known = asDrillError(error);
    if (!known) throw error;
    const result = `fallback could not be run: ${known.code}: ${known.message}`;
    say(context.redactor.text(`${result}\n`));
    return { ...told, result };
  }
}
