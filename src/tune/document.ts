import { z } from 'zod';

const stamp = z.iso.datetime();

const line = z.strictObject({
  file: z.enum(['pgbackrest.conf', 'postgresql.conf', 'recovery']),
  section: z.string().nullable(),
  line: z.string(),
});

const tried = z.strictObject({
  /** `as configured`, the id of a way, or those of several that were tried together. */
  id: z.string(),
  /** What makes it the way of a recovery in earnest. */
  lines: z.array(line),
  /** How often it was drilled to the end. */
  drills: z.int(),
  /** Medians of those drills; null: none came to its end. */
  rtoMs: z.number().nullable(),
  restoreMs: z.number().nullable(),
  recoverMs: z.number().nullable(),
  walBytes: z.number().nullable(),
  /** RTO over that as configured; null: one of them is not known, or they had not the same to do. */
  ratio: z.number().nullable(),
  /** Why there is no ratio; null: there is. */
  why: z.string().nullable(),
});

/** What settings would do for the RTO of a drill, as it is printed with --json. */
export const tuneSchema = z.strictObject({
  schemaVersion: z.literal(1),
  id: z.string(),
  drill: z.string(),
  startedAt: stamp,
  finishedAt: stamp,
  pgdrill: z.string(),
  sandbox: z.string(),
  host: z.string(),
  /** The backup set that all of them restored; null: the drill as configured did not come so far. */
  backup: z.string().nullable(),
  /** The first of them is the drill as configured. */
  tried: z.array(tried),
  /** How far apart the drills as configured were, as a part of their median; null: there were not two. */
  spread: z.number().nullable(),
  /** The id of the one that is worth it: the plainest that no other gains enough over; null: nothing gains enough. */
  best: z.string().nullable(),
  /** Why not all of it was tried; null: all was. */
  ended: z.string().nullable(),
  /** What could not be removed. */
  left: z.array(z.string()),
});

export type TuneDocument = z.output<typeof tuneSchema>;
export type Tried = TuneDocument['tried'][number];
