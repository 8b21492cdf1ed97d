import { z } from 'zod';
import { duration, scalar } from '../core/plan-values.ts';

/** What an empty variable comes to: a canary that any empty value satisfies. */
const OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** What a plan expects of the answer to a query. */
export const expectation = z
  .strictObject({
    equals: scalar.optional().describe('the value is this'),
    atLeast: z.number().optional().describe('the value is a number and not below this'),
    atMost: z.number().optional().describe('the value is a number and not above this'),
    maxAge: duration.optional().describe('the value is a time, at most this long before the recovery target'),
    matches: z
      .string()
      .refine((text) => isPattern(text), 'is no regular expression')
      .optional()
      .describe('the value matches this regular expression'),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'is no SHA-256; write its 64 hexadecimal digits in lower case, as sha256sum prints them')
      .refine(
        (digest) => digest !== OF_NOTHING,
        'is the SHA-256 of nothing; put the token into the pipe, without a line end',
      )
      .optional()
      .describe('the bytes of the value have this SHA-256; no report shows the value, as with redact'),
    rows: z.int().nonnegative().optional().describe('the query returns exactly this many rows'),
  })
  .refine(
    (value) => Object.values(value).some((item) => item !== undefined),
    'says nothing; leave it out to expect one row with one true',
  )
  .refine(
    ({ rows, ...value }) =>
      rows === undefined || rows === 1 || Object.values(value).every((item) => item === undefined),
    'expects a value, which is looked for in one row; leave rows out, or ask for the number of rows alone',
  );

export type Expectation = z.output<typeof expectation>;

function isPattern(text: string): boolean {
  try {
    return Boolean(new RegExp(text, 'u'));
  } catch {
    return false;
  }
}
