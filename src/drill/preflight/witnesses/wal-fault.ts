import { DrillError } from '../../../core/errors.ts';
import type { ReasonCode } from '../../../core/reason-codes.ts';

/** Why what the archive holds is not enough for a recovery. */
export interface WalFault {
  readonly code: ReasonCode;
  readonly message: string;
  readonly hint: string;
  /** The first WAL file that is not there, which another repository may hold; null: none is missing. */
  readonly missing: string | null;
  /** The WAL segment at which a recovery ends, where none is missing that another repository may hold. */
  readonly endsAt?: string;
  /** Of the other repositories that gave an answer, whether they hold what is missing; left out: nobody has looked. */
  readonly elsewhere?: ReadonlyMap<number, boolean>;
}

export const LOOK_FOR_IT =
  'look for the segment in the pg_wal directories and other repositories; until it is back only earlier points can be recovered';

export function errorOf({ code, message, hint, missing, endsAt }: WalFault): DrillError {
  const walFile = missing ?? endsAt;
  return new DrillError(code, message, walFile === undefined ? { hint } : { hint, walFile });
}
