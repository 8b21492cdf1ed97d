import { z } from 'zod';
import { targetKind, type RecoveryKind } from './kind.ts';
import { timeline } from './timeline.ts';
import { toTheEnd } from './to-the-end.ts';
import { followOption } from './words.ts';

interface Latest {
  readonly type: 'latest';
}

/** The end of the archive. */
export const latest = targetKind({
  block: z.strictObject({ latest: z.literal(true).describe('the end of the archive'), timeline }),
  isWord: true,
  read: (): Latest => ({ type: 'latest' }),
  told: { words: 'the end of the archive', value: null, isSilent: true, rehearses: 'latest' },
  of: (target: Latest): RecoveryKind => ({
    ...toTheEnd(target),
    text: () => 'the end of the archive',
    leadsOffline: (isLast) => isLast,
    restoreOptions: (choice) => ['--type=default', ...followOption(choice)],
    staysInRecovery: false,
  }),
});
