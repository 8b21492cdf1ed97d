import type { MakeListener } from './listener.ts';

/** What another process of this program is told, that has started this one among several. */
const TOLD = ['run-started', 'phase-started', 'phase-progress', 'phase-ended', 'check-ended'];

/** How far the run is, for the process that shows several at once. */
export const parent: MakeListener = (_, { tellParent, redactor }) => ({
  hear: (event) => {
    if (tellParent && TOLD.includes(event.kind)) tellParent(redactor.data(event));
  },
});
