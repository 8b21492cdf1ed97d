import type { DrillListener, DrillPlan } from '../../index.ts';
import type { CliContext } from '../context.ts';
import type { ProgressOptions } from '../view/progress-view.ts';

/** How a run is shown and logged. */
export interface Shown {
  readonly mode: ProgressOptions['mode'];
  /** What of the log goes to stderr as well; null: nothing. */
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug' | null;
}

/** Somebody who is told of one run. */
interface Listener {
  readonly hear: DrillListener;
  /** The run has ended, however it did. */
  readonly end?: () => void | Promise<void>;
}

/** Makes a listener for one run of a plan. */
export type MakeListener = (shown: Shown, context: CliContext, plan: DrillPlan) => Listener;
