import { compareDecimals } from '../decimal.ts';
import type { Compare } from './written-compare.ts';

export interface Agreement {
  readonly agrees: boolean;
  /** How they differ, in words; empty: they do not. */
  readonly words: string;
}

/**
 * Whether a value of the copy agrees with production's. Equal texts agree. Of numbers the copy may have less by the tolerance:
 * what production committed last may not be archived. It may have more by the tolerance at the end of the archive, and by any
 * number at a target that was chosen: of an earlier state more may be right, and less by more than the tolerance is not taken.
 */
export function judgeCompared(
  production: string,
  copy: string | null,
  tolerance: Compare['tolerance'],
  toTheEnd: boolean,
): Agreement {
  if (copy === null) return { agrees: false, words: 'another value' };
  if (production === copy) return { agrees: true, words: '' };
  const order = compareDecimals(copy, production);
  if (order === null) return { agrees: false, words: 'another value' };
  if (order === 0) return { agrees: true, words: '' };
  const [there, here] = [Number(production), Number(copy)];
  const difference = Math.abs(here - there);
  if (!Number.isFinite(difference)) return { agrees: false, words: 'another value' };
  // What differs by less than these numbers can tell apart differs all the same.
  const allowed = allowedOf(tolerance, there);
  const within = allowed > 0 && difference <= allowed;
  const words = `${difference === 0 ? 'a little' : difference} ${order < 0 ? 'less' : 'more'}`;
  return { agrees: within || (order > 0 && !toTheEnd), words };
}

function allowedOf(tolerance: Compare['tolerance'], production: number): number {
  return typeof tolerance === 'number' ? tolerance : (Math.abs(production) * Number.parseFloat(tolerance)) / 100;
}

/** What has to hold, in words. */
export function describeAgreement(tolerance: Compare['tolerance'], toTheEnd: boolean): string {
  const none = tolerance === 0 || Number.parseFloat(String(tolerance)) === 0;
  if (toTheEnd) return `the same as in production${none ? '' : `, give or take ${tolerance}`}`;
  return `not less than in production${none ? '' : ` by more than ${tolerance}`}`;
}
