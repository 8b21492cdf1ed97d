import type { DrillReport } from '../report.ts';
import type { Inline } from './blocks.ts';
import { codeOr, NOT_MEASURED, secondText, stampText } from './words.ts';

type Target = DrillReport['target'];
type Value = Target['value'];

/** What a report says of one kind of target. */
interface TargetWords {
  readonly words: (value: Value) => Inline[];
  /** To the second, where that is shorter. */
  readonly shortWords?: (value: Value) => Inline[];
  /** Why the server log names no stop, in a sentence. */
  readonly silence?: string;
}

const NO_STOP = 'PostgreSQL names no stop when it recovers to the end of the WAL.';

/** The words for the targets that a report may name. To add a kind is to add a line. */
const TARGETS: Readonly<Record<Target['type'], TargetWords>> = {
  latest: { words: () => ['the end of the archive'], silence: NO_STOP },
  standby: { words: () => ['the end of the archive, as a standby'], silence: NO_STOP },
  immediate: { words: () => ['the end of the backup'] },
  random: {
    words: (value) => (value === null ? ['a random position'] : ['the random position ', { code: `LSN ${value}` }]),
  },
  time: {
    words: (value) => [stampText(value)],
    shortWords: (value) => [value === null ? NOT_MEASURED : secondText(value)],
  },
  lsn: { words: (value) => ['LSN ', codeOr(value, '?')] },
  xid: { words: (value) => ['transaction ', codeOr(value, '?')] },
  name: { words: (value) => ['the restore point ', codeOr(value, '?')] },
};

/** The recovery target in a sentence, after "to". */
export function targetWords({ type, value }: Target): Inline[] {
  return TARGETS[type].words(value);
}

/** The same, a time to the second. */
export function shortTargetWords({ type, value }: Target): Inline[] {
  const { words, shortWords = words } = TARGETS[type];
  return shortWords(value);
}

/** Why a recovery to this target ends without a word of PostgreSQL about where it stopped; null: it has to say so. */
export function silenceOf({ type }: Target): string | null {
  return TARGETS[type].silence ?? null;
}
