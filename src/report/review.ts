/** What somebody has said who looked at a run; whether it holds is for `drill evidence verify` to say. */
export interface Review {
  readonly by: string;
  readonly decision: 'accepted' | 'follow-up';
  readonly note: string | null;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The file of the signed statement, in the folder of the run. */
  readonly file: string;
}
