import { z } from 'zod';
import { duration } from '../../core/plan-values.ts';

const tolerance = z.union([z.number().nonnegative(), z.string().regex(/^\d+(?:\.\d+)?\s*%$/)], {
  error: 'is a number such as 100, or a part such as 1%',
});

const query = z.strictObject({
  name: z.string().min(1).max(120).describe('what is compared, as the report shows it'),
  sql: z.string().min(1).describe('one query with one value, asked of production and of the copy'),
  database: z.string().min(1).optional().describe("in which database of both; default: that of the dsn's"),
  tolerance: tolerance.optional().describe('how far the two may differ; default: that of the block'),
});

/** What a plan compares with production. */
export const writtenCompare = z.strictObject({
  dsn: z
    .string()
    .regex(/^env:[A-Za-z_]\w*$/, 'has to name a variable, as env:PRODUCTION_DSN: a connection string is a secret')
    .describe('the variable that holds the connection string of production (a URL, as libpq takes it): env:NAME'),
  queries: z.array(query).min(1).describe('what is asked of both'),
  tolerance: tolerance.default(0).describe('how far values may differ: a number, or a part such as 1%'),
  severity: z
    .enum(['critical', 'warning'])
    .default('critical')
    .describe('critical: the drill fails by a difference; warning: the report says so'),
  timeout: duration.prefault('30s').describe('each query is stopped after this, on either side'),
  redact: z.boolean().default(false).describe('show no value, only whether they agree'),
});

export type Compare = z.output<typeof writtenCompare>;
export type ComparedQuery = Compare['queries'][number];
