import { z } from 'zod';
import { parseBytes } from '../core/bytes.ts';
import { encodeDuration, parseDurationMs } from '../core/duration.ts';
import { parseLsn } from '../postgres/lsn.ts';

/** Durations as people write them; milliseconds inside. */
const duration = z
  .codec(z.string(), z.int().nonnegative(), {
    decode: (text, context) => {
      const ms = parseDurationMs(text);
      if (ms !== null) return ms;
      context.issues.push({
        code: 'custom',
        input: text,
        message: `"${text}" is no duration; write 90s, 30m, 1h30m or 2d`,
      });
      return z.NEVER;
    },
    encode: encodeDuration,
  })
  .meta({ description: 'a duration: 90s, 30m, 1h30m, 2d' });

const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
    'letters, digits, dot, dash and underscore only, at most 63, no dot or dash first',
  );

const timelineChoice = z.union([z.enum(['latest', 'current']), z.int().positive()]);
const timeline = timelineChoice
  .optional()
  .describe('which timeline to follow: latest (default), current (that of the backup) or a number');

const targetChoice = z.union(
  [
    z.enum(['latest', 'immediate', 'standby']),
    z.strictObject({ latest: z.literal(true).describe('the end of the archive'), timeline }),
    z.strictObject({ immediate: z.literal(true).describe('the end of the backup') }),
    z.strictObject({ standby: z.literal(true).describe('the end of the archive, staying in recovery'), timeline }),
    z.strictObject({ time: z.string().describe('a time; without a zone it is local time'), timeline }),
    z.strictObject({
      lsn: z
        .string()
        .refine((text) => parseLsn(text) !== null, 'no LSN; write it as PostgreSQL does: 0/3000148')
        .describe('a position in the WAL'),
      timeline,
    }),
    z.strictObject({
      xid: z.union([z.int().min(3), z.string().regex(/^\d+$/)]).describe('a transaction id'),
      timeline,
    }),
    z.strictObject({
      name: z.string().min(1).max(63).describe('a restore point, as made by pg_create_restore_point()'),
      timeline,
    }),
    z.strictObject({
      random: z.strictObject({ within: duration }).describe('a random point in the WAL archived within this time'),
      timeline,
    }),
  ],
  { error: 'is one of latest, immediate, standby, or one of time, lsn, xid, name, random with its value' },
);

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const expectation = z
  .strictObject({
    equals: scalar.optional().describe('the first value is this'),
    atLeast: z.number().optional().describe('the first value is a number and not below this'),
    atMost: z.number().optional().describe('the first value is a number and not above this'),
    maxAge: duration.optional().describe('the first value is a time, at most this long before the recovery target'),
    matches: z
      .string()
      .refine((text) => isPattern(text), 'is no regular expression')
      .optional()
      .describe('the first value matches this regular expression'),
    rows: z.int().nonnegative().optional().describe('the query returns exactly this many rows'),
  })
  .refine(
    (value) => Object.values(value).some((item) => item !== undefined),
    'says nothing; leave it out to expect one row with one true',
  );

function isPattern(text: string): boolean {
  try {
    return Boolean(new RegExp(text, 'u'));
  } catch {
    return false;
  }
}

const severity = z.enum(['critical', 'warning']).default('critical');
const common = {
  name: z.string().min(1).max(120).describe('what the check asks, as the report shows it'),
  severity: severity.describe('critical: the drill fails with it; warning: the report says so'),
  timeout: duration.prefault('60s').describe('after this the check is stopped, and counts as an error'),
  redact: z.boolean().default(false).describe('show no value of the restored data, only whether the check held'),
  database: z.string().min(1).default('postgres').describe('the database to ask'),
  user: z.string().min(1).optional().describe("the role to connect as; default: the sandbox's superuser"),
};

const sqlCheck = z.strictObject({
  ...common,
  sql: z.string().min(1).describe('one query'),
  expect: expectation.optional().describe('what must hold of the answer; without it: one row with one true'),
});
const fileCheck = z.strictObject({
  ...common,
  file: z.string().min(1).describe('a file with one query, beside the plan'),
  expect: expectation.optional().describe('what must hold of the answer; without it: one row with one true'),
});
const commandCheck = z.strictObject({
  ...common,
  command: z
    .array(z.string().min(1))
    .min(1)
    .describe('a program and its arguments; gets PGHOST, PGPORT, PGUSER, PGDATABASE'),
});
const check = z.union([sqlCheck, fileCheck, commandCheck], {
  error: 'needs a name and exactly one of sql, file and command',
});

const settingName = z.string().regex(/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/, 'is no name of a PostgreSQL setting');

const size = z
  .codec(z.string(), z.int().positive(), {
    decode: (text, context) => {
      const bytes = parseBytes(text);
      if (bytes !== null && bytes > 0) return Math.round(bytes);
      context.issues.push({ code: 'custom', input: text, message: `"${text}" is no size; write 512MB or 4GB` });
      return z.NEVER;
    },
    encode: (bytes) => `${bytes}B`,
  })
  .meta({ description: 'a size: 512MB, 4GB' });

/** What every kind of sandbox has. */
const anySandbox = {
  reuse: z.boolean().default(false).describe('keep the data directory, and restore it with --delta the next time'),
  reserve: z
    .union([
      z.string().regex(/^\d+(\.\d+)?\s*(%|[kmgtp]?b?)$/i, 'is no size or share; write 20GB or 10%'),
      z.int().nonnegative(),
    ])
    .default('10%')
    .describe('room to leave free on the scratch file system, as a size or a share'),
  settings: z.record(settingName, scalar).default({}).describe('extra PostgreSQL settings, recorded in the report'),
  preload: z.array(z.string()).default([]).describe('libraries that may be preloaded, since checks need them'),
  superuser: z.string().default('postgres').describe("the restored cluster's superuser"),
};

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
  confine: z
    .enum(['auto', 'off'])
    .default('auto')
    .describe(
      'auto: the copy sees a read-only file system and, with a repository on disk, no network; off: it is not fenced',
    ),
});

const absolutePath = z.string().regex(/^\//, 'is no absolute path');

/** The options of a sandbox in a container. */
export const dockerSandbox = z.strictObject({
  kind: z.literal('docker').describe('docker: in a throwaway container'),
  image: z
    .string()
    .min(1)
    .optional()
    .describe("default: pgdrill:MAJOR for the backup's major version, as made by drill image build"),
  memory: size.optional().describe('how much memory the container may use; default: no limit'),
  cpus: z.number().positive().optional().describe('how many CPUs the container may use; default: all'),
  shm: size.prefault('256MB').describe('the size of /dev/shm'),
  network: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'is no name of a network')
    .optional()
    .describe(
      'none, repo-only (the repository and nothing else, until recovery has ended), or a network of the engine; default: none with a repository on disk, else repo-only',
    ),
  mounts: z
    .array(
      z.strictObject({
        source: absolutePath.describe("on the engine's machine"),
        target: absolutePath.describe('in the container'),
        readOnly: z.boolean().default(true).describe('whether the container may not write to it'),
      }),
    )
    .default([])
    .describe('extra directories in the container, such as one with files for checks'),
  user: z
    .string()
    .regex(/^\d+:\d+$/, 'is no uid:gid; write 999:999')
    .optional()
    .describe('uid:gid that restores and recovers; default: the owner of the repository'),
  ...anySandbox,
});

const sandbox = z.discriminatedUnion('kind', [localSandbox, dockerSandbox], {
  error: 'is one of local and docker',
});

const repoNumber = z.int().min(1).max(256);

/** A drill file as people write it (`z.input`) and as the program uses it (`z.output`). */
export const planSchema = z
  .strictObject({
    name: name.describe('names the folder of the reports, and the lock'),
    description: z.string().optional().describe('for people'),
    source: z.strictObject({
      stanza: z.string().min(1).describe('the stanza, as in pgBackRest'),
      config: z
        .string()
        .min(1)
        .optional()
        .describe("pgBackRest's configuration; default: its own search order, conf.d included"),
      repo: z
        .union([repoNumber, z.array(repoNumber).min(1)])
        .optional()
        .describe("default: pgBackRest's choice; a list runs one drill a repository"),
      backup: z.string().min(1).default('latest').describe('latest, oldest, random or a label'),
      processMax: z.int().min(1).max(999).optional().describe("default: the sandbox's CPUs"),
    }),
    target: targetChoice.default('latest').describe('where recovery is to stop'),
    sandbox: sandbox.prefault({}).describe('where the drill happens'),
    objectives: z
      .strictObject({
        rto: duration.optional().describe('recovery may take at most this long'),
        rpo: duration.optional().describe('at most this much may be lost'),
        backupAge: duration.optional().describe('the newest backup may be at most this old'),
      })
      .prefault({}),
    checks: z.array(check).default([]).describe('the questions to the restored instance'),
    controls: z
      .array(z.string().min(1))
      .default([])
      .describe('controls that the report supports as evidence, such as SOC2-A1.3'),
    schedule: z
      .strictObject({
        cron: z.string().min(1).describe('minute, hour, day of month, month, day of week'),
        timezone: z.string().min(1).optional().describe('such as Europe/Istanbul; default: that of the machine'),
      })
      .optional()
      .describe('when the drill is due'),
    notify: z.array(z.never()).default([]).describe('reserved'),
    deadline: duration.prefault('24h').describe('a run that takes longer is ended, and inconclusive'),
    reports: z.string().min(1).optional().describe('where reports are written; default ./reports'),
  })
  .meta({ id: 'DrillPlan', title: 'A pgdrill plan' });

/** A plan with all defaults, durations in milliseconds. */
export type PlanValues = z.output<typeof planSchema>;
export type CheckPlan = PlanValues['checks'][number];
export type Expectation = z.output<typeof expectation>;
export type TimelineChoice = z.output<typeof timelineChoice>;
export type LocalPlan = z.output<typeof localSandbox>;
export type DockerPlan = z.output<typeof dockerSandbox>;
