import type { Fault } from '../fault.ts';
import { withBrokenPromise, withUnfencedServer } from '../tampered.ts';

/**
 * A restored server without a fence could do harm, so only one with data of our own ever gets that far. With data of the
 * user's the promise is broken instead: what is said to be hidden is something that the copy sees.
 */
export const holeInFence: Fault = {
  does: 'the fence has a hole: the copy sees what it is not to see',
  changesRepository: false,
  codes: ['isolation-broken'],
  blames: 'pgdrill',
  make: ({ control, mayRunUnfenced }) => {
    if (control.sandbox.isolation?.readOnlyFileSystem !== true)
      return { cannot: 'the copy is not fenced off there, so nothing is asserted of a fence' };
    return { sandbox: mayRunUnfenced ? withUnfencedServer : withBrokenPromise };
  },
};
