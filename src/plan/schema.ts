import { z } from 'zod';
import { writtenBaseline } from '../checks/baseline/written-baseline.ts';
import { writtenCompare } from '../checks/compare/written-compare.ts';
import { writtenIntegrity } from '../checks/integrity/written.ts';
import { writtenCheck } from '../checks/kinds/index.ts';
import { didYouMean } from '../core/nearest.ts';
import { WAL_FETCHES } from '../core/wal-fetch.ts';
import { writtenRungs } from '../targets/rung.ts';
import { writtenTargets } from '../targets/written.ts';
import { sandboxSchema } from '../sandbox/registry.ts';
import { writtenKey } from '../evidence/written-key.ts';
import { writtenChannels } from '../notify/channel.ts';
import { duration, percent, withProblem } from '../core/plan-values.ts';
import { writtenSchedule } from '../schedule/schedule.ts';

/** What lies beside the folders of drills: keys, self-tests, bisections, the pages of the site, the ledger, and the files of a bundle. */
const TAKEN = /^(?:keys|self-tests|bisections|site|ledger\..*|bundle\..*|index\.(?:html|md)|verify\.md|sha256sums)$/i;

const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
    'has to be of letters, digits, dots, dashes and underscores, at most 63, and to begin with a letter or a digit',
  )
  .refine(
    (text) => !TAKEN.test(text),
    'is the name of something else that lies among the reports, or in a bundle of them',
  );

/** The word for a drill that takes turns. */
export const ROTATE = 'rotate';

const CHOICES = ['latest', 'oldest', 'random', ROTATE];

/** Labels of pgBackRest 2: `20260513-010203F`, and of what is built on it `20260513-010203F_20260514-010203I`. */
function backupProblem(text: string): string | null {
  if (CHOICES.includes(text) || /^\d{8}-\d{6}F(_\d{8}-\d{6}[DI])?$/.test(text)) return null;
  return `"${text}" is no backup; write latest, oldest, random, rotate or a label such as 20260513-010203F${didYouMean(text, CHOICES)}`;
}

const runbookFile = z.string().regex(/[^/]\.(md|html)$/, 'has to be a file that ends with .md or .html');

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
        .describe(
          "default: pgBackRest's choice; a list runs one drill a repository, or with backup: rotate one of them each time",
        ),
      backup: z
        .string()
        .superRefine(withProblem(backupProblem))
        .default('latest')
        .describe('latest, oldest, random, rotate or a label'),
      processMax: z.int().min(1).max(999).optional().describe("default: the sandbox's CPUs"),
    }),
    restore: z
      .strictObject({
        walFetch: z
          .enum(WAL_FETCHES)
          .default('as-configured')
          .describe(
            'as-configured: as a recovery by this configuration would; ahead: pgBackRest fetches WAL ahead of the replay',
          ),
      })
      .prefault({}),
    target: writtenTargets
      .default('latest')
      .describe('where recovery is to stop; with backup: rotate a list, of which each run takes one'),
    targets: writtenRungs
      .optional()
      .describe('in place of target: at least two, through which one recovery goes; checks are asked at each'),
    sandbox: sandboxSchema.prefault({}).describe('where the drill happens'),
    objectives: z
      .strictObject({
        rto: duration.optional().describe('recovery may take at most this long'),
        rpo: duration.optional().describe('at most this much may be lost'),
        backupAge: duration.optional().describe('the newest backup may be at most this old'),
        recoverable: duration
          .optional()
          .describe('every moment of the last so many days can be recovered to; judged by drill check'),
        forecast: duration
          .optional()
          .describe('a run warns when the RTO objective will be missed within this time, as the data grow'),
        regression: z
          .union(
            [
              z.strictObject({
                rto: percent.prefault('40%').describe('how far above the median of the runs before is worth a warning'),
                runs: z.int().min(3).max(100).default(6).describe('how many passed runs it is compared with'),
              }),
              z.literal('off'),
            ],
            { error: 'is off, or a block such as { rto: 40%, runs: 6 }' },
          )
          .prefault({})
          .describe('when a run warns that it was slower than those before; off: never'),
      })
      .prefault({}),
    retention: z
      .strictObject(
        {
          full: z
            .int()
            .min(1)
            .max(9_999_999)
            .optional()
            .describe('so many full backup sets, as in repo-retention-full'),
          diff: z
            .int()
            .min(1)
            .max(9_999_999)
            .optional()
            .describe('so many differential sets; full ones count, as in repo-retention-diff'),
        },
        {
          error: ({ code }) =>
            code === 'invalid_type' ? 'has to be a block, such as { full: 4, diff: 14 }' : undefined,
        },
      )
      .optional()
      .describe('how many backup sets each repository is to hold; judged by drill check'),
    checks: z.array(writtenCheck).default([]).describe('the questions to the restored instance'),
    compare: writtenCompare.optional().describe('what is compared with production; without it production is not asked'),
    baseline: writtenBaseline.optional().describe('compares each run with the last passed one of the drill'),
    integrity: writtenIntegrity
      .optional()
      .describe('how deep the restored data is looked into: quick, standard, deep, or parts'),
    controls: z
      .array(z.string().min(1))
      .default([])
      .describe('controls that the report supports as evidence, such as SOC2-A1.3'),
    schedule: writtenSchedule.optional().describe('when the drill is due'),
    onFailure: z
      .enum(['report', 'fallback'])
      .default('report')
      .describe('fallback: what failed is tried once from another backup set or repository; the verdict stays'),
    runbook: z
      .strictObject({
        roles: z
          .record(z.string().min(1), z.string().min(1))
          .default({})
          .describe('who does what in a disaster, by role'),
        inform: z.string().min(1).optional().describe('how often who is informed, and where'),
        stop: z.string().min(1).optional().describe("how production's server is stopped, as people would type it"),
        start: z.string().min(1).optional().describe("how production's server is started"),
        write: z
          .union([runbookFile, z.array(runbookFile).min(1)], {
            error: 'is a file that ends with .md or .html, or a list of such files',
          })
          .optional()
          .describe('files that the runbook is written to after each run that passed: .md or .html'),
      })
      .optional()
      .describe('what the runbook of this cluster needs beside what was proven; see drill runbook'),
    evidence: writtenKey.optional().describe('signs each run, and the ledger of all runs'),
    notify: writtenChannels.default([]).describe('who is told of runs and alarms; see drill notify'),
    deadline: duration.prefault('24h').describe('a run that takes longer is ended, and inconclusive'),
    reports: z.string().min(1).optional().describe('where reports are written; default ./reports'),
  })
  .meta({ id: 'DrillPlan', title: 'A pgdrill plan' });

/** A plan with all defaults, durations in milliseconds. */
export type PlanValues = z.output<typeof planSchema>;
