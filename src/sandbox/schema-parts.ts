import { z } from 'zod';
import { scalar } from '../core/plan-values.ts';

/** A path from the root. */
export const absolutePath = z.string().regex(/^\//, 'is no absolute path');

const settingName = z.string().regex(/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/, 'is no name of a PostgreSQL setting');

const NO_RESERVE = 'is no size or share; write 20GB or 10%';

/** What every kind of sandbox has. */
export const anySandbox = {
  reuse: z.boolean().default(false).describe('keep the data directory, and restore it with --delta the next time'),
  reserve: z
    .union([z.string().regex(/^\d+(\.\d+)?\s*(%|[kmgtp]?b?)$/i, NO_RESERVE), z.int().nonnegative()], {
      error: NO_RESERVE,
    })
    .default('10%')
    .describe('room to leave free on the scratch file system, as a size or a share'),
  settings: z.record(settingName, scalar).default({}).describe('extra PostgreSQL settings, recorded in the report'),
  preload: z.array(z.string()).default([]).describe('libraries that may be preloaded, since checks need them'),
  superuser: z
    .string()
    .default('postgres')
    .describe("the restored cluster's superuser; another is found where this one is not there"),
};

/** The fence of a drill on this machine or on a server. */
export const fencedSandbox = {
  confine: z
    .enum(['auto', 'off'])
    .default('auto')
    .describe(
      'auto: the copy sees a file system of its own, no process but its own, and no network; off: it is not fenced',
    ),
  mounts: z
    .array(absolutePath)
    .default([])
    .describe('directories and files outside /usr that the server and the checks may read, such as one with programs'),
};
