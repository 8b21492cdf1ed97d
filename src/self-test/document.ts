import { z } from 'zod';
import {
  SELF_TEST_BLAMES,
  SELF_TEST_GROUNDS,
  SELF_TEST_OUTCOMES,
  SELF_TEST_RESULTS,
} from '../store/ledger/self-tested.ts';

const stamp = z.iso.datetime();

const verdict = z.enum(['passed', 'failed', 'inconclusive', 'cancelled']).nullable();

/** A drill of a healthy copy: where it does not pass, nothing that is seen there means anything. */
const control = z.strictObject({
  repository: z.enum(SELF_TEST_GROUNDS),
  /** Null: it was refused before it began. */
  verdict,
  codes: z.array(z.string()),
  /** Null: it passed. */
  why: z.string().nullable(),
  durationMs: z.number(),
});

const fault = z.strictObject({
  fault: z.string(),
  does: z.string(),
  blames: z.enum(SELF_TEST_BLAMES),
  /** Null: it was not made. */
  repository: z.enum(SELF_TEST_GROUNDS).nullable(),
  result: z.enum(SELF_TEST_RESULTS),
  /** Codes of which a drill has to end with one. */
  expected: z.array(z.string()),
  verdict,
  codes: z.array(z.string()),
  why: z.string().nullable(),
  remark: z.string().nullable(),
  durationMs: z.number(),
});

/** What a self-test found out, as it is written to disk. */
export const selfTestSchema = z.strictObject({
  schemaVersion: z.literal(1),
  id: z.string(),
  outcome: z.enum(SELF_TEST_OUTCOMES),
  /** The drill of the plan that it was asked for; null: there was none. */
  plan: z.string().nullable(),
  startedAt: stamp,
  finishedAt: stamp,
  pgdrill: z.string(),
  /** Of the healthy copy; null: it did not get so far. */
  postgres: z.string().nullable(),
  pgbackrest: z.string().nullable(),
  sandbox: z.string(),
  host: z.string(),
  user: z.string(),
  /** Whether every fault there is was asked for. */
  isWhole: z.boolean(),
  /** Why the faults of the repository were not made in a copy of the user's; null: they were, or no plan was named. */
  notCopied: z.string().nullable(),
  controls: z.array(control),
  faults: z.array(fault),
  /** What could not be removed. */
  left: z.array(z.string()),
});

export type SelfTestDocument = z.output<typeof selfTestSchema>;
export type ControlResult = z.output<typeof control>;
export type FaultResult = z.output<typeof fault>;
export type GroundKind = ControlResult['repository'];
