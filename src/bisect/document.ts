import { z } from 'zod';

/** What a bisection comes to. */
const OUTCOMES = ['found', 'always-true', 'never-true', 'not-made-false', 'inconclusive', 'cancelled'] as const;

const stamp = z.string();
const state = z.enum(['true', 'false', 'null', 'error']);

const answer = z.strictObject({
  /** Null: there was no answer. */
  state: state.nullable(),
  message: z.string().nullable(),
  /** Where replay stood when it was asked, by the word of the server. */
  lsn: z.string(),
});

const transaction = z.strictObject({
  xid: z.string(),
  /** Null: pg_waldump told no time. */
  at: stamp.nullable(),
  /** Where the record of its commit begins. */
  lsn: z.string(),
  prepared: z.boolean(),
  subtransactions: z.array(z.string()),
  /** It changed the definition or the file of a relation that the predicate reads. */
  changesRelations: z.boolean(),
  /** Records of the WAL by relation and kind; null where the relation is not known any more by its name. */
  touched: z.array(z.strictObject({ relation: z.string(), kind: z.string(), records: z.number() })),
  /** The last commit before it in the range; null: it is the first. */
  lastGoodCommitAt: stamp.nullable(),
});

const flip = z.strictObject({
  /** Asked right before and right after. */
  before: answer,
  after: answer,
  /** One: it is named and proven. Several: one of them, which a lock kept from being told apart. None: it is not known. */
  transactions: z.array(transaction),
  /** It made the predicate false, or impossible to ask. */
  madeFalse: z.boolean(),
  /** How production is recovered to right before it; null: it is not one transaction. */
  restore: z.array(z.string()).nullable(),
});

const pass = z.strictObject({
  run: z.string(),
  backup: z.string(),
  repository: z.number(),
  from: z.string(),
  /** Null: the WAL holds no record behind it. */
  to: z.string().nullable(),
  commits: z.number(),
  candidates: z.number(),
  /** What chose the candidates: relations by their names, or that nothing is known. */
  relations: z.array(z.string()),
  asked: z.number(),
  durationMs: z.number(),
});

/** The answer of `drill bisect`, as it is written and printed. Every field is there; null where nothing is known. */
export const bisectSchema = z.strictObject({
  schemaVersion: z.literal(1),
  id: z.string(),
  outcome: z.enum(OUTCOMES),
  drill: z.string(),
  stanza: z.string(),
  predicate: z.string(),
  database: z.string(),
  startedAt: stamp,
  finishedAt: stamp,
  durationMs: z.number(),
  pgdrill: z.string(),
  /** Where the range begins and where it was looked to; null: it was not asked there. */
  start: answer.nullable(),
  last: answer.nullable(),
  flips: z.array(flip),
  /** Which of the flips made it false last, counted from 0; null: none. */
  culprit: z.number().nullable(),
  /** All flips of the range are named. */
  allFlips: z.boolean(),
  passes: z.array(pass),
  notes: z.array(z.string()),
  /** Why there is no answer; null: there is one. */
  reason: z.strictObject({ code: z.string(), message: z.string(), hint: z.string().nullable() }).nullable(),
  /** What could not be removed. */
  left: z.array(z.string()),
});

export type BisectDocument = z.output<typeof bisectSchema>;
export type FlipDocument = BisectDocument['flips'][number];
