import { z } from 'zod';
import { RUN_ID } from '../run-folders.ts';

/** `failed`: a fault was missed. `inconclusive`: not all of it was shown. */
export const SELF_TEST_OUTCOMES = ['passed', 'failed', 'inconclusive', 'cancelled'] as const;

/** Whose repository: the user's, which is only read; a copy of what is needed of it; one that was made for the self-test. */
export const SELF_TEST_GROUNDS = ['original', 'copy', 'own'] as const;

export const SELF_TEST_RESULTS = ['caught', 'missed', 'not-shown'] as const;

/** The program itself, or a plan whose checks cannot fail. */
export const SELF_TEST_BLAMES = ['pgdrill', 'plan'] as const;

/** A self-test: whether drills of this program on this machine fail when they must. It is no run of any drill. */
export const selfTested = z.strictObject({
  kind: z.literal('self-tested'),
  /** As the id of a run. */
  id: z.string().regex(RUN_ID),
  outcome: z.enum(SELF_TEST_OUTCOMES),
  /** Whether all faults were asked for. */
  isWhole: z.boolean(),
  /** The drill whose plan it was asked for; null: it drilled a cluster of its own. */
  plan: z.string().nullable(),
  startedAt: z.iso.datetime(),
  pgdrill: z.string(),
  postgres: z.string().nullable(),
  pgbackrest: z.string().nullable(),
  sandbox: z.string(),
  host: z.string(),
  user: z.string(),
  faults: z.array(
    z.strictObject({
      fault: z.string(),
      repository: z.enum(SELF_TEST_GROUNDS).nullable(),
      result: z.enum(SELF_TEST_RESULTS),
      /** Whose fault it is when a drill passes all the same. */
      blames: z.enum(SELF_TEST_BLAMES),
    }),
  ),
  /** SHA-256 of its document. */
  document: z.string().regex(/^[0-9a-f]{64}$/),
});

export type SelfTestedEntry = z.output<typeof selfTested>;
