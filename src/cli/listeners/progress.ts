import { progressView } from '../view/progress-view.ts';
import type { MakeListener } from './listener.ts';

/** How far the run is, on the terminal. */
export const progress: MakeListener = ({ mode }, { stderr, stderrStyle, columns }) => {
  const view = progressView({ mode, write: stderr, style: stderrStyle, columns, nowMs: () => performance.now() });
  return { hear: (event) => view.show(event), end: () => view.end() };
};
