import { z } from 'zod';
import { TARGET_TYPES } from '../targets/index.ts';
import { sandboxReport } from './sandbox-report.ts';
import { bytes, ms, text } from './values.ts';
import { comparisonReport } from './comparison.ts';
import { baselineReport } from './baseline.ts';
import { checkReport } from './check-report.ts';
import { copyReport } from './copy.ts';
import { fallbackReport } from './fallback.ts';
import { heartbeatReport } from './heartbeat.ts';
import { integrityReport } from './integrity-report.ts';
import { restoreReport } from './restore-report.ts';
import { rungReport } from './rungs.ts';
import { AGES, selectionReport } from './selection.ts';
import { walFetchReport } from './wal-fetch.ts';

/** The version of the report's schema; it rises when a field changes its meaning or goes. */
export const REPORT_SCHEMA_VERSION = 1;

const stamp = z.string().describe('ISO 8601, UTC');
const stampOrNull = stamp.nullable();

const phaseId = z.enum(['preflight', 'provision', 'restore', 'recover', 'verify', 'cleanup']);

const phase = z.strictObject({
  id: phaseId.describe('which phase'),
  status: z.enum(['done', 'failed', 'not-run']).describe('failed: the run ended in it'),
  countsTowardsRto: z.boolean().describe('whether its time is part of the RTO'),
  startedAt: stampOrNull.describe('ISO 8601, UTC; null: not run'),
  durationMs: ms.describe('milliseconds; null: not run'),
});

const reason = z.strictObject({
  code: z.string().describe('stable; docs/reasons.md lists all'),
  message: z.string().describe('what happened'),
  phase: phaseId.nullable().describe('where it happened'),
  hint: text.describe('what to do next'),
});

const objective = {
  objectiveMs: ms.describe('as stated in the plan; null: none'),
  met: z.boolean().nullable().describe('null: no objective, or nothing measured'),
};

/** One run of a drill. Every field is always there; null means: not measured, or it does not apply. */
export const reportSchema = z
  .strictObject({
    schemaVersion: z.literal(REPORT_SCHEMA_VERSION).describe('rises when a field changes its meaning or goes'),
    runId: z.string().describe('sorts by time; names the folder'),
    drill: z.string().describe('the name in the plan'),
    verdict: z.enum(['passed', 'failed', 'inconclusive', 'cancelled']).describe('passed: everything was proven'),
    reasons: z.array(reason).describe('why the verdict is not passed, and warnings'),
    fallbackOf: text.default(null).describe('the run that failed, and whose fallback this is; null: it is none'),
    fallback: fallbackReport.nullable().default(null).describe('what is tried after it; null: nothing was to be'),
    startedAt: stamp.describe('ISO 8601, UTC'),
    finishedAt: stamp.describe('ISO 8601, UTC'),
    record: z
      .strictObject({
        number: z
          .int()
          .nullable()
          .describe('the how-manieth run of its drill, by the ledger; null: not on record there'),
        keyId: text.describe('the key that signed the manifest; null: it is not signed'),
      })
      .default({ number: null, keyId: null })
      .describe('its place in the record of all runs'),
    trigger: z
      .strictObject({
        kind: z.enum(['on-demand', 'scheduled']).describe('who asked for the run'),
        user: z.string().describe('the account that ran pgdrill'),
        plan: text.describe('the plan file; null: options alone'),
        planSha256: text.describe('of the plan file'),
      })
      .describe('what started the run'),
    source: z.strictObject({
      stanza: z.string().describe('as in pgBackRest'),
      config: z.array(z.string()).describe('the pgBackRest configuration files that were read'),
      repo: z
        .strictObject({
          key: z.int().describe('its number in the configuration'),
          type: z.string().describe('posix, s3, azure, gcs, sftp or cifs'),
          host: text.describe('the repository host; null: read from here'),
          cipher: z.string().describe('none or aes-256-cbc'),
          writable: z
            .boolean()
            .nullable()
            .default(null)
            .describe('whether the drill could have written to it; null: not to be seen without writing'),
        })
        .nullable()
        .describe('the one repository that was read'),
      backup: z
        .strictObject({
          label: z.string().describe('the backup set'),
          type: z.enum(['full', 'diff', 'incr']).describe('as in pgBackRest'),
          choice: z.string().describe('as asked: latest, oldest, random, rotate or a label'),
          age: z
            .enum(AGES)
            .nullable()
            .default(null)
            .describe('among the sets of its cluster in that repository when the run began; null: not known'),
          startedAt: stamp.describe('when it began, whole seconds'),
          stoppedAt: stamp.describe('when it ended, whole seconds'),
          lsn: z
            .strictObject({ start: text.describe('where it began'), stop: text.describe('where it is consistent') })
            .describe('its range in the WAL'),
          walStart: text.describe('the first WAL segment that it needs'),
          walStop: text.describe('the last WAL segment that it needs'),
          sizeBytes: bytes.describe('of the cluster when restored'),
          ageMs: ms.describe('run start minus its end'),
          reference: z.array(z.string()).describe('the sets that it builds on'),
        })
        .nullable()
        .describe('the backup set that was restored'),
      skippedSets: z
        .array(
          z.strictObject({
            label: z.string().describe('the backup set'),
            why: z.string().describe('why it does not lead to what was asked for'),
          }),
        )
        .default([])
        .describe('sets that were passed over, since the timeline that is wanted does not lead through them'),
      postgres: z
        .strictObject({
          version: z.string().describe('the major version of the backup'),
          systemId: z.string().describe('the system identifier, as text since it exceeds 2^53'),
        })
        .nullable()
        .describe('the cluster that was backed up'),
      archive: z
        .strictObject({
          id: z.string().describe('the archive of this cluster, such as 15-1'),
          min: text.describe('the first segment on the way of this recovery'),
          max: text.describe('the last one, when the run began'),
          segments: z.int().describe('how many, without a gap'),
        })
        .nullable()
        .describe('what the archive held when the run began'),
    }),
    selection: selectionReport
      .nullable()
      .default(null)
      .describe('why this backup set; null: the run did not come so far, or is of before this field'),
    copies: z
      .array(copyReport)
      .default([])
      .describe('every repository that is configured for the stanza; reports of before this field have none'),
    target: z.strictObject({
      type: z.enum(TARGET_TYPES).describe('as asked'),
      value: text.describe('a time in UTC; for random the LSN that was drawn'),
      asTyped: text.describe('a time as it was typed'),
      timeline: z.union([z.string(), z.int()]).describe('latest, current or a number, as asked'),
      action: z.enum(['promote', 'stay-standby']).describe('what happened at the target'),
    }),
    sandbox: sandboxReport,
    phases: z.array(phase).length(6).describe('all six, in order'),
    restore: restoreReport.nullable().describe('null: the restore did not end well'),
    recovery: z
      .strictObject({
        reached: z.boolean().describe('the target was provably reached'),
        proof: text.describe('what proves it, in a sentence'),
        state: z.enum(['read-write', 'standby']).nullable().describe('of the copy at the end'),
        lastCommitAt: stampOrNull.describe('the last transaction that was replayed; null: none was'),
        lastReplayedLsn: text.describe('the byte after the last replayed record'),
        timeline: z.int().nullable().describe('of the copy after recovery'),
        stoppedBefore: text.describe("PostgreSQL's own line about where it stopped"),
        walSegments: z.int().nullable().describe('delivered, each compared with its SHA-1'),
        walBytes: bytes.describe('delivered, whole segments'),
        walBytesPerSecond: z.int().nullable().describe('delivered bytes over the time of the replay'),
        consistentMs: ms.describe('server start to consistent state'),
        replayMs: ms.describe('redo start to redo done'),
        checkpointMs: ms.describe('end of recovery to accepting connections'),
        promotedAt: stampOrNull.describe('when it accepted read-write connections; null: a standby'),
        ...walFetchReport,
      })
      .nullable()
      .describe('null: the target was not proven'),
    rungs: z
      .array(rungReport)
      .default([])
      .describe('of a recovery through several targets each of them, in the order of the WAL; else empty'),
    rto: z.strictObject({
      measuredMs: ms.describe('provision to accepting connections at the target; null as well for several targets'),
      validatedMs: ms.describe('provision to the end of the last check'),
      ...objective,
      phases: z
        .array(z.strictObject({ id: phaseId.describe('which phase'), durationMs: ms }))
        .describe('what the RTO is made of'),
    }),
    rpo: z.strictObject({
      measuredMs: ms.describe('what would be lost if all but the archive were lost when provision began'),
      method: z
        .enum(['last-replayed-commit', 'backup-stop', 'stopped-before-later-commit', 'target-reached', 'heartbeat'])
        .nullable()
        .describe('how it is known'),
      upperBound: z.boolean().describe('true: no more than this is lost, and less if production was idle'),
      applies: z
        .boolean()
        .default(true)
        .describe('false: the target was chosen, and what is lost against a chosen target is no RPO'),
      reason: text.default(null).describe('why it was not measured'),
      ...objective,
      archiveAgeMs: ms.describe('run start minus the time at which the newest WAL was archived'),
    }),
    heartbeat: heartbeatReport.nullable().default(null).describe('null: the plan has none, or nobody could ask'),
    comparison: comparisonReport.nullable().default(null).describe('null: the plan compares nothing with production'),
    baseline: baselineReport.nullable().default(null).describe('null: the plan has no baseline'),
    backupAge: z.strictObject({
      measuredMs: ms.describe('run start minus the end of the newest backup'),
      ...objective,
    }),
    checks: z.array(checkReport).describe('isolation assertions, what every run asks of the data, those of the plan'),
    integrity: integrityReport
      .nullable()
      .default(null)
      .describe('what the integrity checks found, each also a row of checks; null: the plan has none'),
    cleanup: z.strictObject({
      done: z.boolean().describe('everything was removed that was to be'),
      kept: text.describe('what was meant to stay'),
      steps: z
        .array(
          z.strictObject({
            label: z.string().describe('what was undone'),
            ok: z.boolean().describe('whether it was'),
            message: text.describe('why not'),
          }),
        )
        .describe('last made, first undone'),
    }),
    commands: z
      .array(
        z.strictObject({
          phase: phaseId.describe('when it was run'),
          argv: z.array(z.string()).describe('word by word, redacted'),
          exitCode: z.int().nullable().describe('null: ended by a signal'),
          durationMs: ms,
        }),
      )
      .describe('every command, so that a reader can repeat the drill by hand'),
    notifications: z
      .array(
        z.strictObject({
          channel: z.string().describe('its kind, such as slack or email'),
          name: z.string().describe('its name in the plan, or in the configuration of the machine'),
          sent: z.boolean().describe('whether it got through'),
          reason: text.describe('why it did not'),
          attempts: z.int().describe('how often it was tried'),
          late: stampOrNull.describe(
            'when a message was made that an earlier run could not deliver; null: it is of this run',
          ),
          kept: z.boolean().describe('the next run sends it again'),
        }),
      )
      .default([])
      .describe('who was to be told of this run, and whether they were'),
    environment: z
      .strictObject({
        pgdrill: z.string().describe('its version'),
        node: z.string().describe('its version'),
        host: z.string().describe('where pgdrill ran'),
        user: z.string().describe('as whom it ran'),
      })
      .describe('the program that made the report'),
    controls: z.array(z.string()).describe('controls that the report supports as evidence'),
    doesNotProve: z.array(z.string()).describe('what a reader must not conclude'),
    evidence: z
      .array(
        z.strictObject({
          file: z.string().describe('its name in the folder of the run'),
          sha256: z.string().describe('of its content'),
          bytes: z.int().describe('its size'),
        }),
      )
      .describe('other files of the run'),
  })
  .meta({ id: 'DrillReport', title: 'A pgdrill report' });

export type DrillReport = z.output<typeof reportSchema>;
export type CheckReport = DrillReport['checks'][number];
export type ReasonReport = DrillReport['reasons'][number];
export type PhaseReport = DrillReport['phases'][number];
export type PhaseId = z.output<typeof phaseId>;
