import type { Fault } from './fault.ts';
import { alteredSegment } from './faults/altered-segment.ts';
import { blindChecks } from './faults/blind-checks.ts';
import { failingCheck } from './faults/failing-check.ts';
import { flippedByte } from './faults/flipped-byte.ts';
import { holeInFence } from './faults/hole-in-fence.ts';
import { missingSegment } from './faults/missing-segment.ts';
import { rowsDeleted } from './faults/rows-deleted.ts';
import { wrongPassphrase } from './faults/wrong-passphrase.ts';
import { wrongTarget } from './faults/wrong-target.ts';

/** Every fault that a drill must see, in the order in which they are made. To add one is to add a file and a line. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  'wrong-passphrase': wrongPassphrase,
  'wrong-target': wrongTarget,
  'failing-check': failingCheck,
  'rows-deleted': rowsDeleted,
  'blind-checks': blindChecks,
  'hole-in-fence': holeInFence,
  'missing-segment': missingSegment,
  'altered-segment': alteredSegment,
  'flipped-byte': flippedByte,
};
