import { parseDurationMs } from '../../core/duration.ts';
import { asDrillError, messageOf } from '../../core/errors.ts';
import { isOfTheSystem } from '../../store/system-fault.ts';
import type { CliContext } from '../context.ts';

interface Where {
  readonly metrics?: string | undefined;
  readonly reports?: string | undefined;
}

/**
 * What `drill run --metrics FILE` does after each run: the file holds all drills that have a plan in `drills/`, and those that
 * were named. What goes wrong with it is said, and changes nothing else.
 */
export function metricsAfterRuns(
  { metrics: file, reports }: Where,
  named: readonly string[],
  context: CliContext,
): () => Promise<void> {
  if (file === undefined) return () => Promise.resolve();
  return async () => {
    const { stderr, stderrStyle, redactor } = context;
    const problems = await problemsOfWriting({ file, reports }, named, context);
    for (const problem of problems) stderr(redactor.text(`${stderrStyle('yellow', '!')} ${file}: ${problem}\n`));
  };
}

/** Writes the file. Gives what is wrong with it; where it could not be written, why. */
async function problemsOfWriting(
  { file, reports }: { readonly file: string; readonly reports: string | undefined },
  named: readonly string[],
  context: CliContext,
): Promise<string[]> {
  const { drillMetrics, USUAL_GRACE, withAllHere } = await import('./drill-metrics.ts');
  const { writeTextfile } = await import('../../metrics/write-textfile.ts');
  const graceMs = parseDurationMs(USUAL_GRACE) ?? 0;
  try {
    const wanted = { plans: withAllHere(named, reports), graceMs, format: 'prometheus' } as const;
    const { text, problems } = await drillMetrics(wanted, context);
    writeTextfile(file, text);
    return problems.map(({ message }) => message);
  } catch (error) {
    if (!asDrillError(error) && !isOfTheSystem(error)) throw error;
    return [`the metrics were not written: ${messageOf(error)}`];
  }
}
