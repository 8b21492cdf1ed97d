import { z } from 'zod';
import { DrillError } from '../core/errors.ts';

/** What a command of pgBackRest printed as JSON, in the form that it has to have. Throws `repo-unreadable` where it has another. */
export function understood<T>(command: string, schema: z.ZodType<T>, said: unknown): T {
  const { data, error, success } = schema.safeParse(said);
  if (success) return data;
  const [issue] = error.issues;
  const what = issue === undefined ? '' : `: ${z.core.toDotPath(issue.path)}: ${issue.message}`;
  throw new DrillError('repo-unreadable', `pgbackrest ${command} says what is not understood${what}`, {
    hint: `look at what pgbackrest ${command} --output=json prints: a file of the repository may be damaged`,
    cause: error,
  });
}
