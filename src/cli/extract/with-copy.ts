import { DrillError } from '../../core/errors.ts';
import { orGiveUp } from '../../core/give-up.ts';
import type { RecoveredCopy } from '../../drill/services.ts';
import type { DrillPlan, DrillResult } from '../../index.ts';
import type { CliContext } from '../context.ts';
import { runShown } from '../run-shown.ts';
import { resultText } from '../view/show-result.ts';

/** A query that runs on is ended by the end of its copy. */
const GRACE_MS = 1000;

/**
 * Runs the drill of a plan with somebody who works on its copy, which is gone afterwards, and shows on stderr what the drill came to.
 * Ctrl-C ends the work as well, and so does a file system without room. Throws what the work throws, once everything is cleaned up.
 */
export async function withCopy(
  plan: DrillPlan,
  seed: string | undefined,
  context: CliContext,
  work: (inside: RecoveredCopy) => Promise<void>,
): Promise<DrillResult> {
  const { interactive, stderr, stderrStyle, redactor, columns } = context;
  const result = await runShown(
    plan,
    {
      keep: false,
      mode: interactive ? 'live' : 'lines',
      logLevel: null,
      trigger: 'on-demand',
      onlyIfDue: false,
      seed,
      explore: async (_copy, inside) => {
        stderr('\n');
        try {
          await orGiveUp(work(inside), inside.signal, GRACE_MS, () => undefined);
        } catch (error) {
          throw context.signal.aborted
            ? new DrillError('cancelled', 'it was ended by a signal', { cause: error })
            : error;
        }
      },
    },
    context,
  );
  stderr(`\n${redactor.text(resultText(result, stderrStyle, columns()))}\n`);
  return result;
}
