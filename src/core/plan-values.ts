import { z } from 'zod';
import { parseBytes } from './bytes.ts';
import { encodeDuration, parseDurationMs } from './duration.ts';

const DURATIONS = 'write 90s, 30m, 1h30m or 2d';

/** Durations as people write them; milliseconds inside. */
export const duration = z
  .codec(z.string({ error: `is no duration; ${DURATIONS}` }), z.int().nonnegative(), {
    decode: (text, context) => {
      const ms = parseDurationMs(text);
      if (ms !== null) return ms;
      context.issues.push({
        code: 'custom',
        input: text,
        message: `"${text}" is no duration; ${DURATIONS}`,
      });
      return z.NEVER;
    },
    encode: encodeDuration,
  })
  .meta({ description: 'a duration: 90s, 30m, 1h30m, 2d' });

/** Parts of a hundred as people write them: `40%`. */
export const percent = z
  .codec(z.string({ error: 'is no percentage; write 40%' }), z.number().positive(), {
    decode: (text, context) => {
      const number = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim())?.[1];
      if (number !== undefined && Number(number) > 0) return Number(number);
      context.issues.push({ code: 'custom', input: text, message: `"${text}" is no percentage; write 40%` });
      return z.NEVER;
    },
    encode: (number) => `${number}%`,
  })
  .meta({ description: 'a percentage: 40%' });

/** What YAML holds in one place. */
export const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: 'has to be one value: a text, a number, true or false',
});

/** Sizes as people write them; bytes inside. */
export const size = z
  .codec(z.string({ error: 'is no size; write 512MB or 4GB' }), z.int().positive(), {
    decode: (text, context) => {
      const bytes = parseBytes(text);
      if (bytes !== null && bytes > 0) return Math.round(bytes);
      context.issues.push({ code: 'custom', input: text, message: `"${text}" is no size; write 512MB or 4GB` });
      return z.NEVER;
    },
    encode: (bytes) => `${bytes}B`,
  })
  .meta({ description: 'a size: 512MB, 4GB' });

/** Refuses a text for which the function gives a reason. */
export function withProblem(problemOf: (text: string) => string | null) {
  return (text: string, context: z.core.$RefinementCtx<string>): void => {
    const problem = problemOf(text);
    if (problem !== null) context.addIssue(problem);
  };
}
