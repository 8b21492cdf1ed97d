import { z } from 'zod';

/** The version of the report's schema; it rises when a field changes its meaning or goes. */
export const REPORT_SCHEMA_VERSION = 1;

const stamp = z.string().describe('ISO 8601, UTC');
const stampOrNull = stamp.nullable();
const ms = z.int().nullable().describe('milliseconds; null: not measured');
const bytes = z.int().nullable().describe('bytes; null: not measured');
const text = z.string().nullable();

const phaseId = z.enum(['preflight', 'provision', 'restore', 'recover', 'verify', 'cleanup']);

const phase = z.strictObject({
  id: phaseId,
  status: z.enum(['done', 'failed', 'not-run']),
  countsTowardsRto: z.boolean(),
  startedAt: stampOrNull,
  durationMs: ms,
});

const reason = z.strictObject({
  code: z.string().describe('stable; docs/reasons.md lists all'),
  message: z.string(),
  phase: phaseId.nullable(),
  hint: text,
});

const check = z.strictObject({
  name: z.string(),
  kind: z.enum(['sql', 'command', 'isolation']),
  severity: z.enum(['critical', 'warning']),
  status: z.enum(['passed', 'failed', 'error', 'skipped']),
  expected: text,
  observed: text.describe('null when nothing was observed; "[hidden]" where the plan says redact'),
  durationMs: ms,
  sql: text,
  message: text,
});

const objective = { objectiveMs: ms, met: z.boolean().nullable().describe('null: no objective, or nothing measured') };

/** One run of a drill. Every field is always there; null means: not measured, or it does not apply. */
export const reportSchema = z
  .strictObject({
    schemaVersion: z.literal(REPORT_SCHEMA_VERSION),
    runId: z.string(),
    drill: z.string(),
    verdict: z.enum(['passed', 'failed', 'inconclusive', 'cancelled']),
    reasons: z.array(reason).describe('why the verdict is not passed, and warnings'),
    startedAt: stamp,
    finishedAt: stamp,
    trigger: z.strictObject({
      kind: z.enum(['on-demand', 'scheduled']),
      user: z.string(),
      plan: text.describe('the plan file'),
      planSha256: text,
    }),
    source: z.strictObject({
      stanza: z.string(),
      config: z.array(z.string()).describe('the pgBackRest configuration files that were read'),
      repo: z.strictObject({ key: z.int(), type: z.string(), host: text, cipher: z.string() }).nullable(),
      backup: z
        .strictObject({
          label: z.string(),
          type: z.enum(['full', 'diff', 'incr']),
          choice: z.string().describe('as asked: latest, oldest, random or a label'),
          startedAt: stamp,
          stoppedAt: stamp,
          lsn: z.strictObject({ start: text, stop: text }),
          walStart: text,
          walStop: text,
          sizeBytes: bytes,
          ageMs: ms,
          reference: z.array(z.string()),
        })
        .nullable(),
      postgres: z.strictObject({ version: z.string(), systemId: z.string() }).nullable(),
      archive: z.strictObject({ id: z.string(), min: text, max: text, segments: z.int() }).nullable(),
    }),
    target: z.strictObject({
      type: z.enum(['latest', 'time', 'lsn', 'xid', 'name', 'immediate', 'standby', 'random']),
      value: text.describe('as asked; a time in UTC'),
      asTyped: text,
      timeline: z.union([z.string(), z.int()]),
      action: z.enum(['promote', 'stay-standby']),
    }),
    sandbox: z.strictObject({
      kind: z.string(),
      host: z
        .strictObject({
          hostname: z.string(),
          os: z.string(),
          kernel: z.string(),
          arch: z.string(),
          cpus: z.int(),
          memoryBytes: z.int(),
          user: z.string(),
        })
        .nullable(),
      versions: z.strictObject({ pgbackrest: text, postgres: text }),
      isolation: z.strictObject({ readOnlyFileSystem: z.boolean(), noNetwork: z.boolean() }).nullable(),
      processMax: z.int().nullable(),
      settings: z.array(z.strictObject({ name: z.string(), production: text, drill: z.string(), why: z.string() })),
    }),
    phases: z.array(phase).length(6),
    restore: z
      .strictObject({
        start: z
          .enum(['empty', 'delta'])
          .describe('delta: files of an earlier run were reused; no measure of a total loss'),
        bytesTotal: bytes,
        bytesFetched: bytes,
        bytesReused: bytes,
        files: z.int().nullable(),
        bytesPerSecond: z.int().nullable(),
      })
      .nullable(),
    recovery: z
      .strictObject({
        reached: z.boolean(),
        proof: text,
        state: z.enum(['read-write', 'standby']).nullable(),
        lastCommitAt: stampOrNull,
        lastReplayedLsn: text,
        timeline: z.int().nullable(),
        stoppedBefore: text.describe("PostgreSQL's own line about where it stopped"),
        walSegments: z.int().nullable().describe('delivered, each compared with its SHA-1'),
        walBytes: bytes,
        walBytesPerSecond: z.int().nullable(),
        consistentMs: ms.describe('server start to consistent state'),
        replayMs: ms.describe('redo start to redo done'),
        checkpointMs: ms.describe('end of recovery to accepting connections'),
        promotedAt: stampOrNull,
      })
      .nullable(),
    rto: z.strictObject({
      measuredMs: ms.describe('provision to accepting connections at the target'),
      validatedMs: ms.describe('provision to the end of the last check'),
      ...objective,
      phases: z.array(z.strictObject({ id: phaseId, durationMs: ms })),
    }),
    rpo: z.strictObject({
      measuredMs: ms,
      method: z.enum(['last-replayed-commit', 'stopped-before-later-commit', 'target-reached']).nullable(),
      upperBound: z.boolean().describe('true: no more than this is lost, and less if production was idle'),
      ...objective,
      archiveAgeMs: ms.describe('run start minus the time at which the newest WAL was archived'),
    }),
    backupAge: z.strictObject({ measuredMs: ms, ...objective }),
    checks: z.array(check),
    cleanup: z.strictObject({
      done: z.boolean(),
      kept: text.describe('what was meant to stay'),
      steps: z.array(z.strictObject({ label: z.string(), ok: z.boolean(), message: text })),
    }),
    commands: z.array(
      z.strictObject({ phase: phaseId, argv: z.array(z.string()), exitCode: z.int().nullable(), durationMs: ms }),
    ),
    environment: z.strictObject({ pgdrill: z.string(), node: z.string(), host: z.string(), user: z.string() }),
    controls: z.array(z.string()),
    doesNotProve: z.array(z.string()),
    evidence: z
      .array(z.strictObject({ file: z.string(), sha256: z.string(), bytes: z.int() }))
      .describe('other files of the run'),
  })
  .meta({ id: 'DrillReport', title: 'A pgdrill report' });

export type DrillReport = z.output<typeof reportSchema>;
export type CheckReport = DrillReport['checks'][number];
export type ReasonReport = DrillReport['reasons'][number];
export type PhaseReport = DrillReport['phases'][number];
export type PhaseId = z.output<typeof phaseId>;
