import type { CleanupStep } from '../../core/cleanup.ts';
import { shellJoin } from '../../core/shell-quote.ts';
import { optionsFor } from '../../pgbackrest/user-config.ts';
import { aheadBesideConfigured } from '../../pgbackrest/wal-ahead.ts';
import { formatLsn } from '../../postgres/lsn.ts';
import { REPORT_SCHEMA_VERSION, type DrillReport, type ReasonReport } from '../../report/report.ts';
import type { Confinement, Sandbox } from '../../sandbox/sandbox.ts';
import type { CopyPast } from '../../store/run-store.ts';
import { describeComparison } from './comparison.ts';
import { describeCopies } from './copies.ts';
import { describeHeartbeat } from './heartbeat.ts';
import { doesNotProve } from './does-not-prove.ts';
import { describeIntegrity } from './integrity.ts';
import { ageMs, measureBackupAge, measureRpo, measureRto, noRto } from './measure.ts';
import { backupAge as ageAmong } from '../preflight/backup-age.ts';
import { describeRungs } from '../ladder/describe-rung.ts';
import type { Preflight } from '../preflight/preflight.ts';
import type { RunRecord } from '../run-record.ts';
import { plannedKindOf } from '../../targets/index.ts';
import { judge } from './verdict.ts';

/** What the report tells beside the record of the run. */
interface Circumstances {
  readonly steps: readonly CleanupStep[];
  /** What was left on purpose; null: nothing. */
  readonly kept: string | null;
  readonly finishedAt: Date;
  readonly trigger: DrillReport['trigger']['kind'];
  /** The run whose fallback this is; null: it is none. */
  readonly fallbackOf: string | null;
  readonly sandbox: Pick<Sandbox, 'sweepWords' | 'limits'>;
  readonly evidence: DrillReport['evidence'];
  readonly environment: DrillReport['environment'];
  /** The how-manieth run of its drill this is; null: it is not on record. */
  readonly number: number | null;
  /** What the record of all runs has to say. */
  readonly findings: readonly ReasonReport[];
  /** What runs before this one have shown of each configured copy. */
  readonly pasts: readonly CopyPast[];
}

/** Puts what a run has found out into the form of the report, with the verdict over it. The same record gives the same report. */
export function buildReport(state: RunRecord, around: Circumstances): DrillReport {
  const { steps, kept, sandbox } = around;
  const { plan, ready, timeline, startedAt, recovery } = state;
  const reached = recovery?.reached === true;
  const finished = timeline.isDone('verify');
  const isClimbed = plannedKindOf(ready?.target ?? plan.target).isClimbed;
  const rto = isClimbed ? noRto(timeline) : measureRto(timeline, reached, plan.objectives.rtoMs);
  const rungs = describeRungs(state);
  const rpo = measureRpo(plan, ready, recovery, {
    startedAt,
    disasterAt: timeline.startedAt('provision'),
    beats: state.beats,
  });
  const backupAge = measureBackupAge(plan, ready, startedAt);
  const reasons = [...state.reasons, ...warnings(state, steps, sandbox), ...around.findings];
  const { integrity: examined, checks } = state;
  const judged = judge({
    reasons,
    finished,
    reached,
    checks,
    rungs,
    asked: plan.integrity,
    examined,
    rto,
    rpo,
    backupAge,
  });
  const copies = describeCopies(
    state,
    { verdict: judged.verdict, isFallback: around.fallbackOf !== null },
    around.pasts,
  );
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    runId: state.runId,
    drill: plan.name,
    verdict: judged.verdict,
    reasons: [...judged.reasons],
    fallbackOf: around.fallbackOf,
    fallback: null,
    startedAt: startedAt.toISOString(),
    finishedAt: around.finishedAt.toISOString(),
    record: { number: around.number, keyId: null },
    trigger: {
      kind: around.trigger,
      user: around.environment.user,
      plan: plan.file,
      planSha256: plan.fileSha256,
    },
    source: describeSource(state),
    selection: state.ready?.selection ?? state.turn,
    copies,
    target: describeTarget(state),
    sandbox: describeSandbox(state),
    phases: timeline.report(),
    restore: state.restore,
    recovery,
    rungs,
    rto,
    rpo,
    heartbeat: describeHeartbeat(state.beats),
    comparison: describeComparison(state),
    baseline: state.baseline,
    backupAge,
    checks,
    integrity: describeIntegrity(plan.integrity, examined),
    cleanup: { done: steps.every(({ ok }) => ok), kept, steps: [...steps] },
    commands: state.commands.map(({ phase, command }) => ({
      phase,
      argv: [...command.argv],
      exitCode: command.exitCode,
      durationMs: command.durationMs,
    })),
    environment: around.environment,
    controls: [...plan.controls],
    doesNotProve: doesNotProve(state, copies, sandbox.limits),
    notifications: [],
    evidence: around.evidence,
  };
}

function warnings(
  state: RunRecord,
  steps: readonly CleanupStep[],
  { sweepWords }: Pick<Sandbox, 'sweepWords'>,
): ReasonReport[] {
  return [...configurationWarning(state), ...(state.ready?.findings ?? []), ...cleanupWarnings(steps, sweepWords)];
}

function cleanupWarnings(steps: readonly CleanupStep[], sweepWords: readonly string[]): ReasonReport[] {
  return steps
    .filter(({ ok }) => !ok)
    .map(({ label, message }): ReasonReport => ({
      code: 'cleanup-failed',
      message: `could not ${label}: ${message ?? '?'}`,
      phase: 'cleanup',
      hint: `${shellJoin(['drill', 'sweep', ...sweepWords])} tries again`,
    }));
}

function configurationWarning({ recovered }: RunRecord): ReasonReport[] {
  if (!recovered?.configurationMissing) return [];
  return [
    {
      code: 'config-not-in-backup',
      message: `${recovered.configurationMissing} is not in the backup (Debian keeps it in /etc): a real recovery needs it from elsewhere, and settings that bear on the RTO were PostgreSQL's defaults here`,
      phase: 'recover',
      hint: 'back up the configuration files as well; give shared_buffers and the like with sandbox.settings in the plan',
    },
  ];
}

function describeSource({ plan, config, ready, turnSet, startedAt }: RunRecord): DrillReport['source'] {
  const { stanza } = plan.source;
  const from = { stanza, config: [...config.files] };
  const choice = plan.rotation === null ? plan.source.backup : 'rotate';
  if (!ready) {
    const backup = turnSet && describeBackup(turnSet, choice, startedAt);
    return { ...from, repo: null, backup, skippedSets: [], postgres: null, archive: null };
  }
  const { repository, cipher, archive } = ready;
  const { segments } = archive.path;
  return {
    ...from,
    repo: { key: repository.key, type: repository.type, host: repository.host, cipher, writable: ready.writable },
    backup: describeBackup(ready, choice, startedAt),
    skippedSets: ready.skippedSets.map(({ label, why }) => ({ label, why })),
    postgres: { version: ready.database.version, systemId: ready.database.systemId },
    archive: {
      id: archive.listing.archiveId,
      min: segments.at(0) ?? null,
      max: segments.at(-1) ?? null,
      segments: segments.length,
    },
  };
}

function describeBackup(
  { backup, backups }: Pick<Preflight, 'backup' | 'backups'>,
  choice: string,
  startedAt: Date,
): NonNullable<DrillReport['source']['backup']> {
  return {
    label: backup.label,
    type: backup.type,
    choice,
    age: ageAmong(backup, backups),
    startedAt: backup.startedAt.toISOString(),
    stoppedAt: backup.stoppedAt.toISOString(),
    lsn: {
      start: backup.lsnStart === null ? null : formatLsn(backup.lsnStart),
      stop: backup.lsnStop === null ? null : formatLsn(backup.lsnStop),
    },
    walStart: backup.walStart,
    walStop: backup.walStop,
    sizeBytes: backup.sizeBytes,
    ageMs: ageMs(backup.stoppedAt, startedAt),
    reference: [...backup.reference],
  };
}

/** The value is that of the target as it was resolved, where it came so far. */
function describeTarget({ plan, ready }: RunRecord): DrillReport['target'] {
  const { target, timeline } = plan;
  const { asTyped, staysInRecovery } = plannedKindOf(target);
  return {
    type: target.type,
    value: plannedKindOf(ready?.target ?? target).value,
    asTyped,
    timeline,
    action: staysInRecovery ? 'stay-standby' : 'promote',
  };
}

/** pgBackRest's archive-async bears on the RTO as well; the run takes it over as it is, unless its plan has another way. */
function asynchronousArchiveGet({ plan, config, recovered }: RunRecord): DrillReport['sandbox']['settings'] {
  const configured = optionsFor(config, plan.source.stanza, 'archive-get');
  const value = configured.get('archive-async')?.[0];
  if (!recovered) return [];
  if (plan.restore.walFetch === 'ahead')
    return aheadBesideConfigured(configured).map((option) => ({
      name: option.name,
      production: option.configured,
      drill: option.ahead,
      why: 'archive-get: the plan has WAL fetched ahead',
    }));
  return value === undefined
    ? []
    : [{ name: 'archive-async', production: value, drill: value, why: 'as in production' }];
}

function describeSandbox(state: RunRecord): DrillReport['sandbox'] {
  const { plan, station, ready, recovered } = state;
  const facts = station?.facts;
  return {
    kind: plan.sandbox.kind,
    host: facts
      ? {
          hostname: facts.hostname,
          os: facts.os,
          kernel: facts.kernel,
          arch: facts.arch,
          cpus: facts.cpus,
          memoryBytes: facts.memoryBytes,
          user: facts.user,
        }
      : null,
    versions: { pgbackrest: ready?.version.text ?? null, postgres: ready?.binaries?.version ?? null },
    isolation: facts ? describeIsolation(facts.confinement) : null,
    container: facts?.container ?? null,
    server: facts?.server ? { ...facts.server, installed: [...facts.server.installed] } : null,
    processMax: ready?.processMax ?? null,
    settings: [...(recovered?.settings ?? []).map((setting) => ({ ...setting })), ...asynchronousArchiveGet(state)],
  };
}

function describeIsolation(confinement: Confinement): DrillReport['sandbox']['isolation'] {
  const { fileSystem, network, privileges, shown } = confinement;
  const noNetwork = network === 'none';
  return { readOnlyFileSystem: fileSystem, noNetwork, network, noPrivileges: privileges, shown: [...shown] };
}
