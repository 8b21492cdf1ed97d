import type { Lsn } from '../postgres/lsn.ts';
import type { Candidate } from './commit-index.ts';
import type { Stop } from './stops.ts';

/** What the predicate says; `error`: the server cannot answer it, since a relation is gone, for one. */
export type State = 'true' | 'false' | 'null' | 'error';

/** What came of asking; no state: there was no answer, for a reason that says nothing of the data. */
export interface Answer {
  readonly state: State | null;
  /** What the server said against it, and its SQLSTATE. */
  readonly message: string | null;
  readonly code: string | null;
}

/** The predicate, asked at a stop. */
export interface Asked extends Stop {
  readonly answer: Answer;
  /** Where replay stood, by its own word. */
  readonly replayedTo: Lsn;
}

/** Two stops next to each other at which the predicate says different things, and the candidates that ended between them. */
export interface Flip {
  readonly before: Asked;
  readonly after: Asked;
  readonly candidates: readonly Candidate[];
}

/** All changes between answers, in the order of the WAL. Where there was no answer nothing is known: the stops around count. */
export function flipsIn(asked: readonly Asked[]): Flip[] {
  const flips: Flip[] = [];
  let before: Asked | null = null;
  let since: Candidate[] = [];
  for (const one of asked) {
    since.push(...one.candidates);
    if (one.answer.state === null) continue;
    if (before !== null && before.answer.state !== one.answer.state)
      flips.push({ before, after: one, candidates: since });
    before = one;
    since = [];
  }
  return flips;
}

/** Whether the predicate stopped to hold there. */
export function madeFalse({ before, after }: Pick<Flip, 'before' | 'after'>): boolean {
  return before.answer.state === 'true' && after.answer.state !== 'true';
}
