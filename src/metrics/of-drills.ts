import type { Alarm } from '../schedule/standing.ts';
import type { LastRun, DrillTally } from '../store/tally.ts';
import { epochSeconds, oneOf, sample, seconds, type Sample } from './sample.ts';

/** What is known of a drill that has a plan. */
export interface DrillFacts {
  readonly drill: string;
  readonly stanza: string;
  /** The kind of sandbox that the plan names. */
  readonly sandbox: string;
  /** How it stands with its schedule; null: it has none. Stamps are ISO 8601, UTC. */
  readonly schedule: { readonly nextDue: string | null; readonly alarm: Alarm | null } | null;
  readonly tally: DrillTally;
}

/** What is known of all of them. */
export interface StoreFacts {
  readonly version: string;
  readonly unusablePlans: number;
  /** Of all ledgers that were read. */
  readonly unreadableLines: number;
  readonly drills: readonly DrillFacts[];
}

const ALARMS = ['not-run', 'not-passed'] as const satisfies readonly Alarm[];

/** `lost`: the run was killed, and has no report. */
const VERDICTS = ['passed', 'failed', 'inconclusive', 'cancelled', 'lost'] as const;

/** The drills of some plans in samples, of which there is none for what was not measured. */
export function samplesOfDrills({ version, unusablePlans, unreadableLines, drills }: StoreFacts): Sample[] {
  return [
    ...sample('pgdrill_build_info', { version }, 1),
    ...sample('pgdrill_unusable_plans', {}, unusablePlans),
    ...sample('pgdrill_ledger_unreadable_lines', {}, unreadableLines),
    ...drills.flatMap(samplesOfDrill),
  ];
}

function samplesOfDrill({ drill, stanza, sandbox, schedule, tally }: DrillFacts): Sample[] {
  return [
    ...sample('pgdrill_drill_info', { drill, stanza, sandbox }, 1),
    ...sample('pgdrill_unrecorded_runs', { drill }, tally.unrecorded),
    ...sample('pgdrill_running_since_timestamp_seconds', { drill }, epochSeconds(tally.openSince)),
    ...sample('pgdrill_next_due_timestamp_seconds', { drill }, epochSeconds(schedule?.nextDue ?? null)),
    ...(schedule === null ? [] : ALARMS).flatMap((alarm) =>
      sample('pgdrill_overdue', { drill, alarm }, Number(schedule?.alarm === alarm)),
    ),
    ...VERDICTS.flatMap((verdict) => sample('pgdrill_runs_total', { drill, verdict }, tally.runs[verdict] ?? 0)),
    ...sample('pgdrill_missed_total', { drill }, schedule === null ? null : tally.missed),
    ...tally.last.flatMap((last) => samplesOfLast({ drill, stanza }, last, tally.lastLost)),
  ];
}

/** Of the last run, if a later one was killed, nothing is told but that: it would look as if it were the newest. */
function samplesOfLast(
  of: { readonly drill: string; readonly stanza: string },
  { repository, run, passedAt }: LastRun,
  lostAt: string | null,
): Sample[] {
  const labels = { ...of, repository: repository === null ? null : String(repository) };
  const isLost = lostAt !== null && (run === null || lostAt > run.startedAt);
  const verdict = isLost ? 'lost' : run?.verdict;
  return [
    ...sample('pgdrill_last_success_timestamp_seconds', labels, epochSeconds(passedAt)),
    ...sample('pgdrill_last_run_timestamp_seconds', labels, epochSeconds(isLost ? lostAt : (run?.startedAt ?? null))),
    ...(verdict === undefined
      ? []
      : oneOf('pgdrill_verdict', labels, { label: 'verdict', words: VERDICTS, word: verdict })),
    ...(isLost || run === null ? [] : samplesOfRun(labels, run)),
  ];
}

interface RunLabels {
  readonly drill: string;
  readonly stanza: string;
  readonly repository: string | null;
}

function samplesOfRun(labels: RunLabels, run: NonNullable<LastRun['run']>): Sample[] {
  const { rto, rpo, restored, backup, startedAt, finishedAt } = run;
  const since = (stamp: string): number | null => notNegative(Date.parse(startedAt) - Date.parse(stamp));
  return [
    ...sample('pgdrill_run_info', { ...labels, ...infoOf(run) }, 1),
    ...[...new Set(run.reasons)].flatMap((code) => sample('pgdrill_run_reason', { ...labels, code }, 1)),
    ...sample(
      'pgdrill_run_duration_seconds',
      labels,
      seconds(notNegative(Date.parse(finishedAt) - Date.parse(startedAt))),
    ),
    ...Object.entries(run.phases).flatMap(([phase, ms]) =>
      sample('pgdrill_phase_duration_seconds', { ...labels, phase }, seconds(ms)),
    ),
    ...sample('pgdrill_rto_seconds', labels, seconds(rto.measuredMs)),
    ...sample('pgdrill_rto_objective_seconds', labels, seconds(rto.objectiveMs)),
    ...sample('pgdrill_rpo_seconds', labels, rpo.applies ? seconds(rpo.measuredMs) : null),
    ...sample('pgdrill_rpo_objective_seconds', labels, seconds(rpo.objectiveMs)),
    ...sample('pgdrill_objective_met', { ...labels, objective: 'rto' }, bit(rto.met)),
    ...sample('pgdrill_objective_met', { ...labels, objective: 'rpo' }, rpo.applies ? bit(rpo.met) : null),
    ...sample('pgdrill_restored_bytes', labels, restored?.bytes ?? null),
    ...sample('pgdrill_restore_bytes_per_second', labels, restored?.bytesPerSecond ?? null),
    ...sample('pgdrill_wal_bytes', labels, run.walBytes),
    ...sample('pgdrill_restored_backup_age_seconds', labels, backup && seconds(since(backup.stoppedAt))),
  ];
}

function infoOf({ sandbox, target, backup, copy }: NonNullable<LastRun['run']>) {
  return {
    sandbox,
    target: target.type,
    backup_type: backup?.type ?? null,
    drilled_repository: copy === null ? null : String(copy.key),
  };
}

/** A clock that was set back measures nothing. */
function notNegative(ms: number): number | null {
  return ms < 0 ? null : ms;
}

function bit(value: boolean | null): number | null {
  return value === null ? null : Number(value);
}
