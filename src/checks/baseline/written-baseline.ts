import { z } from 'zod';
import { duration, percent } from '../../core/plan-values.ts';

/** How a plan wants each run compared with the last passed one of its drill. */
export const writtenBaseline = z.strictObject({
  fewer: percent.prefault('30%').describe('how many of its rows a table may have lost, by the estimate of PostgreSQL'),
  exact: z
    .array(
      z.strictObject({
        table: z
          .string()
          .regex(
            /^(?:[A-Za-z_][\w$]*|"[^"\0]+")\.(?:[A-Za-z_][\w$]*|"[^"\0]+")$/,
            'has to be a schema and a table, such as public.orders',
          )
          .describe('whose rows are counted one by one, with its schema'),
        database: z.string().min(1).default('postgres').describe('the database that it is in'),
        fewer: percent.optional().describe('how many of its rows it may have lost; default: none'),
      }),
    )
    .default([])
    .describe('tables whose rows are counted one by one'),
  timeout: duration.prefault('10m').describe('a count is stopped after this, and counts as an error'),
  redact: z.boolean().default(false).describe('keep digests in the place of the names of tables'),
  fresh: z
    .boolean()
    .default(false)
    .describe('compare with nothing, since what is there now is right: for one run, with --new-baseline'),
});

export type Baseline = z.output<typeof writtenBaseline>;
