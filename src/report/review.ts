/** What somebody has said who looked at a run, by the ledger; whether it holds is for `drill evidence verify` to say. */
export interface Review {
  readonly by: string;
  readonly decision: 'accepted' | 'follow-up';
  readonly note: string | null;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The file of the signed statement, in the folder of the run; null: it is missing, or was changed. */
  readonly file: string | null;
}

/** Whether a run waits for somebody: until it is accepted after the last follow-up, by a statement that is there. */
export function isOpen(reviews: readonly Review[]): boolean {
  return reviews.findLast(({ decision, file }) => decision === 'follow-up' || file !== null)?.decision === 'follow-up';
}
