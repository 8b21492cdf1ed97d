import { z } from 'zod';
import { targetKind, type RecoveryKind } from './kind.ts';
import { timeline } from './timeline.ts';
import { toTheEnd } from './to-the-end.ts';
import { followOption } from './words.ts';

interface Standby {
  readonly type: 'standby';
}

/** The end of the archive, as a standby that asks for more. */
export const standby = targetKind({
  block: z.strictObject({
    standby: z.literal(true).describe('the end of the archive, staying in recovery'),
    timeline,
  }),
  isWord: true,
  read: (): Standby => ({ type: 'standby' }),
  told: { words: 'the end of the archive, as a standby', value: null, isSilent: true, rehearses: 'standby' },
  of: (target: Standby): RecoveryKind => ({
    ...toTheEnd(target),
    text: () => 'the end of the archive, as a standby',
    leadsOffline: () => false,
    restoreOptions: (choice) => ['--type=standby', ...followOption(choice)],
    staysInRecovery: true,
  }),
});
