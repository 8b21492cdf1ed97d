import { z } from 'zod';

/** The file of a run that its state lies in. */
export const STATE_FILE = 'baseline.json';

const relation = z.strictObject({
  name: z.string(),
  /** As in pg_class.relkind: r table, p partitioned, m materialized view, v view, S sequence, f foreign table. */
  kind: z.string(),
  /** By the estimate of PostgreSQL; null: it has none. */
  rows: z.number().nullable(),
  /** Counted; null: it was not. */
  exactRows: z.number().nullable(),
  bytes: z.number(),
  /** Of columns, types, indexes and constraints. */
  schema: z.string(),
});

/** What a recovered cluster holds, without a value of its data: names, numbers and digests. */
const stateSchema = z.strictObject({
  version: z.literal(1),
  databases: z.array(
    z.strictObject({
      name: z.string(),
      bytes: z.number(),
      /** Of the functions. */
      functions: z.string(),
      relations: z.array(relation),
    }),
  ),
});

export type State = z.output<typeof stateSchema>;
export type DatabaseState = State['databases'][number];
export type RelationState = DatabaseState['relations'][number];

/** A state as it was kept; null: it is none that this version reads. */
export function readState(text: string): State | null {
  try {
    return stateSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
