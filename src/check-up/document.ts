import { z } from 'zod';
import { FINDING_CODES, type FindingCode } from './finding-codes.ts';

const moment = z.iso.datetime().nullable();
const ms = z.int().nonnegative().nullable();
const measure = (what: string) =>
  z
    .strictObject({
      measuredMs: ms.describe('milliseconds; null: it could not be measured'),
      objectiveMs: ms.describe('what the plan promises; null: nothing'),
      met: z.boolean().nullable().describe('null: nothing was promised, or nothing measured'),
    })
    .describe(what);

const lastSet = z
  .strictObject({ label: z.string(), stoppedAt: z.iso.datetime(), ageMs: ms })
  .nullable()
  .describe('the newest of this type; null: there is none');

const windowSchema = z.strictObject({
  from: z.iso.datetime().describe('exact: the end of the backup set that it begins with'),
  fromSet: z.string(),
  to: z.iso
    .datetime()
    .describe('when its last segment was archived: the last moment that can be recovered to is that, or earlier'),
  knownTo: z.iso.datetime().describe('the end of the newest backup set in it: at least so far'),
  lastSegment: z.string().nullable().describe('null: a set that was taken offline, which leads to its own end alone'),
  sets: z.int().describe('how many backup sets lead into it'),
});

const holeSchema = z.strictObject({
  from: moment.describe('the end of the window before it'),
  to: moment.describe('the beginning of the next window; null: there is none'),
  cause: z.enum(['missing', 'expired', 'duplicate']),
  firstMissing: z.string(),
  missingCount: z.int().describe('how many segments are missing until WAL is complete again'),
  nextPresent: z.string().describe('the first segment that is there again'),
});

/** What can be recovered to along one way through the timelines of a cluster. */
const branchSchema = z.strictObject({
  archiveId: z.string().describe('the cluster, such as 15-1'),
  timeline: z.int().describe('the timeline that the way ends on'),
  isWanted: z.boolean().describe('a recovery follows it by itself; others need --target-timeline'),
  windows: z.array(windowSchema),
  holes: z.array(holeSchema),
  unusable: z
    .array(z.strictObject({ label: z.string(), missing: z.string() }))
    .describe('sets that lack WAL of their own'),
});

const repositorySchema = z.strictObject({
  key: z.int(),
  type: z.string(),
  host: z.string().nullable(),
  location: z.string().nullable(),
  cipher: z.string().nullable(),
  lookedAt: z.boolean().describe('false: a finding says why nothing is known'),
  cluster: z
    .strictObject({ archiveId: z.string(), postgres: z.string(), systemId: z.string() })
    .nullable()
    .describe('the cluster of the newest backup'),
  backups: z.strictObject({
    count: z.int().nullable(),
    full: lastSet,
    diff: lastSet,
    incr: lastSet,
    withPageErrors: z.array(z.string()).describe('sets that were taken of damaged pages'),
  }),
  retention: z.strictObject({
    full: z.strictObject({ present: z.int().nullable(), promised: z.int().nullable() }),
    diff: z.strictObject({ present: z.int().nullable(), promised: z.int().nullable() }).describe('full sets count'),
  }),
  archive: z.strictObject({
    segments: z.int().nullable(),
    newest: z.string().nullable(),
    newestAt: moment,
    newestAgeMs: ms,
  }),
  backupAge: measure('the age of the newest backup'),
  rpo: measure(
    'the time since the newest WAL that can be recovered was archived; what would be lost, only a drill measures',
  ),
  recoverable: measure('how far back every moment can be recovered to, from the newest on'),
  branches: z.array(branchSchema).describe('that of the newest backup first'),
  behind: z
    .strictObject({ leader: z.int(), segments: z.int(), since: z.iso.datetime() })
    .nullable()
    .describe('WAL of another repository that is not in this one; null: none, or nothing to compare'),
  protection: z
    .strictObject({
      versioning: z.enum(['enabled', 'suspended', 'off']),
      objectLock: z.strictObject({ mode: z.string(), days: z.int() }).nullable().describe('the default for new files'),
    })
    .nullable()
    .describe('of a bucket of S3; null: it was not asked for, or did not answer'),
  verified: z
    .strictObject({
      status: z.string().nullable().describe('the word of pgbackrest verify; null: it said none'),
      isWhole: z.boolean(),
      parts: z.array(
        z.strictObject({ name: z.string(), checked: z.int(), valid: z.int(), faults: z.array(z.string()) }),
      ),
    })
    .nullable()
    .describe('null: it was not asked for, or did not answer'),
});

/** What `drill check` found, as JSON. Every field is always present. */
export const checkUpSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    name: z.string().describe('the name of the plan'),
    stanza: z.string(),
    lookedAt: z.iso.datetime(),
    durationMs: z.int(),
    level: z.enum(['ok', 'warning', 'critical', 'unknown']).describe('the worst of the findings'),
    pgbackrest: z.string().nullable(),
    findings: z
      .array(
        z.strictObject({
          code: z.enum(Object.keys(FINDING_CODES) as [FindingCode, ...FindingCode[]]),
          level: z.enum(['warning', 'critical', 'unknown']),
          repo: z.int().nullable().describe('null: of the stanza as a whole'),
          message: z.string(),
          hint: z.string().nullable(),
        }),
      )
      .describe('the worst first'),
    locks: z
      .array(z.strictObject({ path: z.string(), pid: z.int(), heldMs: z.int() }))
      .nullable()
      .describe('locks that backups hold on this machine; null: they are taken elsewhere, so that nothing is known'),
    repositories: z.array(repositorySchema),
  })
  .meta({ id: 'CheckUp', title: 'What drill check found' });

export type CheckUp = z.output<typeof checkUpSchema>;
export type CheckedRepository = CheckUp['repositories'][number];
export type CheckedBranch = CheckedRepository['branches'][number];
