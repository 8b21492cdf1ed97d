import { toldOf } from '../../targets/index.ts';
import type { DrillReport } from '../report.ts';
import type { Inline } from './blocks.ts';
import { codeOr, NOT_MEASURED, secondText, stampText } from './words.ts';

type Target = DrillReport['target'];

/** The recovery target in a sentence, after "to". */
export function targetWords(target: Target): Inline[] {
  return told(target, stampText);
}

/** The same, a time to the second. */
export function shortTargetWords(target: Target): Inline[] {
  return told(target, (value) => (value === null ? NOT_MEASURED : secondText(value)));
}

function told({ type, value }: Target, momentText: (value: Target['value']) => string): Inline[] {
  const { words, unknown, value: shownAs } = toldOf(type);
  if (shownAs === 'moment') return [momentText(value)];
  if (shownAs === null) return [words];
  if (value === null && unknown !== undefined) return [unknown];
  return [`${words} `, shownAs === 'lsn' ? { code: `LSN ${value}` } : codeOr(value, '?')];
}

/** Why a recovery to this target ends without a word of PostgreSQL about where it stopped; null: it has to say so. */
export function silenceOf({ type }: Target): string | null {
  return toldOf(type).isSilent ? 'PostgreSQL names no stop when it recovers to the end of the WAL.' : null;
}
