/**
 * What is known of one need of a drill. `here`: it is met. `differs`: the drill goes on, and a reader should know. `lacking`: the drill
 * would end inconclusive, or a part of it. `later`: nothing can be known yet. `unknown`: it could not be asked.
 */
export type ParityState = 'here' | 'differs' | 'lacking' | 'later' | 'unknown';

/** What there is to say of a need. */
export interface Said {
  readonly state: ParityState;
  readonly detail: string;
  /** The command, or the line of the plan, that mends it; null: nothing is to be mended. */
  readonly fix: string | null;
}

/** One line of the list of what a drill needs of its environment. */
export interface ParityItem extends Said {
  readonly what: string;
}

/** Why something was not answered; `when` it will be, such as `after the restore`; null: that is not to be expected. */
export interface Unanswered {
  readonly why: string;
  readonly when: string | null;
}

export const here = (detail: string): Said => ({ state: 'here', detail, fix: null });
export const differs = (detail: string, fix: string | null): Said => ({ state: 'differs', detail, fix });
export const lacking = (detail: string, fix: string): Said => ({ state: 'lacking', detail, fix });

/** What there is to say where there is no answer: never a tick. */
export function unanswered({ why, when }: Unanswered, fix: string | null = null): Said {
  if (when === null) return { state: 'unknown', detail: why, fix };
  return { state: 'later', detail: `known only ${when}${why === '' ? '' : `: ${why}`}`, fix: null };
}

/** What could not be asked. */
export const unknown = (why: string, fix: string | null = null): Said => unanswered({ why, when: null }, fix);

/** The moment from which on the copy itself can be asked. */
export const AFTER_RESTORE = 'after the restore';
