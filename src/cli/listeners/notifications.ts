import type { DrillReport } from '../../index.ts';
import { notificationLines } from '../view/notifications.ts';
import type { MakeListener } from './listener.ts';

/** Who was told of the run, and who could not be. */
export const notifications: MakeListener = ({ mode }, context) => {
  const { stderr, stderrStyle, redactor } = context;
  const told: DrillReport['notifications'][number][] = [];
  return {
    hear: (event) => {
      if (event.kind === 'notified') told.push(...event.notifications);
    },
    // The line that moves is gone by then.
    end: () => {
      const width = context.interactive ? context.columns() : Infinity;
      for (const line of notificationLines(told, stderrStyle, mode === 'none', width))
        stderr(redactor.text(`${line}\n`));
    },
  };
};
