import type { ReasonCode } from '../../src/core/reason-codes.ts';

/**
 * How a trial has to end; `refused`: with exit status 2 (or 5), before anything was started; `killed`: pgdrill itself
 * was killed, so that there is no report.
 */
export type TrialEnding = 'passed' | 'failed' | 'inconclusive' | 'cancelled' | 'refused' | 'killed';

/** One input on which a drill was wrong once, or might be, and what is right. */
export interface TrialRow {
  /** Letter of the section and number; a variant has a letter behind it: `B3b`. */
  readonly id: string;
  /** What is done, in a sentence that a reader can repeat. */
  readonly input: string;
  /** Null: the trial is not about how one drill ends; `says` then says what has to hold. */
  readonly ending: TrialEnding | null;
  /**
   * The code that must be the first of the reasons, or on the terminal; for a drill that passes, one of its warnings.
   * Null: the row asks for none.
   */
  readonly code: ReasonCode | null;
  /** What a reason, a hint or the terminal has to say: a part of it, word by word. Null: nothing has to be said. */
  readonly says: string | null;
}
