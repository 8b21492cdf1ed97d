import { z } from 'zod';
import { didYouMean } from '../core/nearest.ts';
import { writtenTarget } from '../targets/written.ts';
import { cronProblem } from './cron.ts';
import { sandbox } from './sandbox-schema.ts';
import { timeZoneProblem } from './time-zone.ts';
import { duration, scalar } from '../core/plan-values.ts';

const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
    'has to be of letters, digits, dots, dashes and underscores, at most 63, and to begin with a letter or a digit',
  );

const expectation = z
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
  user: z.string().min(1).optional().describe("the role to ask as; default: the sandbox's superuser"),
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

/** Refuses a text for which the function gives a reason. */
function withProblem(problemOf: (text: string) => string | null) {
  return (text: string, context: z.core.$RefinementCtx<string>): void => {
    const problem = problemOf(text);
    if (problem !== null) context.addIssue(problem);
  };
}

const CHOICES = ['latest', 'oldest', 'random'];

/** Labels of pgBackRest 2: `20260513-010203F`, and of what is built on it `20260513-010203F_20260514-010203I`. */
function backupProblem(text: string): string | null {
  if (CHOICES.includes(text) || /^\d{8}-\d{6}F(_\d{8}-\d{6}[DI])?$/.test(text)) return null;
  return `"${text}" is no backup; write latest, oldest, random or a label such as 20260513-010203F${didYouMean(text, CHOICES)}`;
}

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
        .union([repoNumber, z.array(repoNumber).min(1)], {
          error: 'is the number of a repository (1 to 256), or a list of such numbers',
        })
        .optional()
        .describe("default: pgBackRest's choice; a list runs one drill a repository"),
      backup: z
        .string()
        .superRefine(withProblem(backupProblem))
        .default('latest')
        .describe('latest, oldest, random or a label'),
      processMax: z.int().min(1).max(999).optional().describe("default: the sandbox's CPUs"),
    }),
    target: writtenTarget.default('latest').describe('where recovery is to stop'),
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
      .strictObject(
        {
          cron: z
            .string()
            .superRefine(withProblem(cronProblem))
            .describe('minute, hour, day of month, month, day of week'),
          timezone: z
            .string()
            .superRefine(withProblem(timeZoneProblem))
            .optional()
            .describe('such as Europe/Istanbul; default: that of the machine'),
        },
        {
          error: ({ code }) =>
            code === 'invalid_type'
              ? 'has to be a block, such as { cron: "0 3 1 * *", timezone: Europe/Istanbul }'
              : undefined,
        },
      )
      .optional()
      .describe('when the drill is due'),
    notify: z
      .array(z.never({ error: 'is reserved: nobody can be notified yet, so leave it out' }))
      .default([])
      .describe('reserved'),
    deadline: duration.prefault('24h').describe('a run that takes longer is ended, and inconclusive'),
    reports: z.string().min(1).optional().describe('where reports are written; default ./reports'),
  })
  .meta({ id: 'DrillPlan', title: 'A pgdrill plan' });

/** A plan with all defaults, durations in milliseconds. */
export type PlanValues = z.output<typeof planSchema>;
export type CheckPlan = PlanValues['checks'][number];
export type Expectation = z.output<typeof expectation>;
