import { z } from 'zod';
import { duration } from '../../core/plan-values.ts';
import { formatForPostgres, parseInstant, type Instant } from '../../core/instant.ts';
import { SQLSTATE } from '../../postgres/sqlstate.ts';
import type { QueryResult } from '../../postgres/streamed-query.ts';
import { askDatabase } from '../ask-database.ts';
import type { CheckContext, CheckFinding } from '../check.ts';
import { beatMoment, describeBeats, judgeBeats, type BeatMoment, type ReadBeats } from '../heartbeat.ts';
import { checkKind, common, type AnyCheck } from './kind.ts';

interface HeartbeatCheck extends AnyCheck {
  readonly kind: 'heartbeat';
  readonly heartbeat: z.output<typeof written>;
}

/** A name as SQL takes it, with or without quotes, and the schema before it. */
const PART = '(?:[A-Za-z_][A-Za-z0-9_$]*|"(?:[^"\\0]|"")+")';
const TABLE = new RegExp(`^${PART}(?:\\.${PART})?$`);
const COLUMN = new RegExp(`^${PART}$`);

/** A tenth of a second would be no heartbeat, and a day none that a drill could tell anything by. */
const [SHORTEST_MS, LONGEST_MS] = [1000, 86_400_000];

const written = z.strictObject({
  table: z
    .string()
    .regex(TABLE, 'has to be the name of a table as SQL takes it, such as pgdrill.heartbeat')
    .default('pgdrill.heartbeat')
    .describe('the table that the job of the heartbeat writes to'),
  column: z
    .string()
    .regex(COLUMN, 'has to be the name of a column as SQL takes it')
    .default('at')
    .describe('when each beat was, a timestamptz'),
  every: duration
    .refine((ms) => ms >= SHORTEST_MS && ms <= LONGEST_MS, 'has to be between 1s and 1d')
    .prefault('1m')
    .describe('how often the job writes a beat'),
});

const { redact: _, ...shown } = common;

/** The last beat before the target is there, and none after it. With it the RPO of a recovery to the end is no upper bound. */
export const heartbeat = checkKind({
  forms: { heartbeat: z.strictObject({ ...shown, heartbeat: written.describe('a table with a row a minute or so') }) },
  read: (check): HeartbeatCheck => ({ ...check, redact: false, kind: 'heartbeat' }),
  run,
});

async function run(check: HeartbeatCheck, context: CheckContext): Promise<CheckFinding> {
  const { table, every: everyMs } = check.heartbeat;
  const moment = beatMoment(context.reference, context.recovered);
  const expected = describeBeats(everyMs, moment);
  const answer = await askDatabase({ ...check, sql: queryFor(check.heartbeat, moment) }, expected, context);
  if ('finding' in answer) {
    const isMissing = answer.sqlstate === SQLSTATE.undefinedTable && !context.recovered.toTheEnd;
    return isMissing ? notYetThere(expected, table) : answer.finding;
  }
  const read = beatsIn(answer.result);
  if (typeof read === 'string') return { status: 'error', expected, observed: null, message: read };
  const { ran, ...judged } = judgeBeats(read, everyMs, moment, context.recovered);
  return { ...judged, expected, beats: { table, everyMs, ...read, comparedAt: moment.at, ran } };
}

function queryFor({ table, column }: HeartbeatCheck['heartbeat'], { at }: BeatMoment): string {
  const moment = `timestamptz '${formatForPostgres(at)}'`;
  return `select max(${column}) filter (where ${column} <= ${moment}), max(${column}), count(*) filter (where ${column} > ${moment}) from ${table}`;
}

/** Of an earlier state nobody knows whether the table was there. */
function notYetThere(expected: string, table: string): CheckFinding {
  const what = `there is no table ${table} in the state that was recovered to: it was made later, or the plan names it wrong`;
  const hint = 'recover to a later target, or look at the name';
  return {
    status: 'skipped',
    expected,
    observed: null,
    message: what,
    lack: { code: 'heartbeat-unusable', what, hint },
  };
}

const TIMESTAMPTZ = 1184;

/** What the table holds, or why its column tells no time. */
function beatsIn({ rows, types }: QueryResult): ReadBeats | string {
  const [lastUpTo = null, newest = null, later = null] = rows[0] ?? [];
  if (types[0] !== TIMESTAMPTZ)
    return 'the column is no timestamp with time zone, so the time of a beat is not certain';
  const [lastAt, newestAt] = [instantIn(lastUpTo), instantIn(newest)];
  if (lastAt === undefined || newestAt === undefined) return `${newest ?? '?'} is no time of a beat`;
  return { lastAt, newestAt, later: Number(later) };
}

/** Undefined: it is there, and no time such as `infinity`. */
function instantIn(text: string | null): Instant | null | undefined {
  return text === null ? null : (parseInstant(text) ?? undefined);
}
