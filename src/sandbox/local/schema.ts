import { z } from 'zod';
import { anySandbox, fencedSandbox } from '../schema-parts.ts';

/** The options of a sandbox on this machine. */
export const localSandbox = z.strictObject({
  kind: z.literal('local').default('local').describe('local: on this machine, fenced off'),
  scratch: z
    .string()
    .min(1)
    .optional()
    .describe('where runs are restored; default /var/lib/pgdrill, or below the home directory'),
  ...anySandbox,
  runAs: z
    .string()
    .optional()
    .describe('as root: the user that restores and recovers; default: the owner of the repository'),
  ...fencedSandbox,
});

export type LocalPlan = z.output<typeof localSandbox>;
