import type { Catalogue } from './metric.ts';

/** A repository stands there where the plan names some; each of them has series of its own. */
const RUN = ['drill', 'stanza', 'repository'] as const;

/** What the drills of some plans are told by, from what is on record. None of these is among those of a check-up. */
export const DRILL_METRICS = {
  pgdrill_build_info: {
    type: 'gauge',
    unit: 'always 1',
    labels: ['version'],
    means: 'The version of pgdrill that wrote this.',
  },
  pgdrill_unusable_plans: {
    type: 'gauge',
    unit: 'count',
    labels: [],
    means: 'Plans that cannot be used; their drills have no series here.',
  },
  pgdrill_ledger_unreadable_lines: {
    type: 'gauge',
    unit: 'count',
    labels: [],
    means: 'Lines of the ledgers that cannot be read; what they told is missing here.',
  },
  pgdrill_drill_info: {
    type: 'gauge',
    unit: 'always 1',
    labels: ['drill', 'stanza', 'sandbox'],
    means: 'A drill that has a plan; the sandbox is that of the plan.',
  },
  pgdrill_unrecorded_runs: {
    type: 'gauge',
    unit: 'count',
    labels: ['drill'],
    means: 'Folders of runs that the ledger does not know; what they came to is missing here.',
  },
  pgdrill_running_since_timestamp_seconds: {
    type: 'gauge',
    unit: 'seconds since 1970',
    labels: ['drill'],
    means: 'When the run began that has not ended; absent: none is on record.',
  },
  pgdrill_next_due_timestamp_seconds: {
    type: 'gauge',
    unit: 'seconds since 1970',
    labels: ['drill'],
    means: 'When the drill is due next; absent: it has no schedule.',
  },
  pgdrill_overdue: {
    type: 'gauge',
    unit: '0 or 1',
    labels: ['drill', 'alarm'],
    means: 'Whether the drill is overdue: not-run since it was due, or run and not-passed; absent: it has no schedule.',
  },
  pgdrill_runs_total: {
    type: 'counter',
    unit: 'count',
    labels: ['drill', 'verdict'],
    means: 'Runs on record since the ledger was opened; lost: they were killed and have no report.',
  },
  pgdrill_missed_total: {
    type: 'counter',
    unit: 'count',
    labels: ['drill'],
    means: 'Times at which the drill was due and that are on record as missed; absent: it has no schedule.',
  },
  pgdrill_last_run_timestamp_seconds: {
    type: 'gauge',
    unit: 'seconds since 1970',
    labels: RUN,
    means: 'When the last run began that has ended or was killed.',
  },
  pgdrill_last_success_timestamp_seconds: {
    type: 'gauge',
    unit: 'seconds since 1970',
    labels: RUN,
    means: 'When the last run began that passed; absent: none ever did.',
  },
  pgdrill_verdict: {
    type: 'gauge',
    unit: '0 or 1',
    labels: [...RUN, 'verdict'],
    means: 'The verdict of the last run: one series for each verdict.',
  },
  pgdrill_run_info: {
    type: 'gauge',
    unit: 'always 1',
    labels: [...RUN, 'sandbox', 'target', 'backup_type', 'drilled_repository'],
    means: 'What the last run drilled: its sandbox, its kind of recovery target, its backup set, its repository.',
  },
  pgdrill_run_reason: {
    type: 'gauge',
    unit: 'always 1',
    labels: [...RUN, 'code'],
    means: 'A reason of the last run, warnings included; docs/reasons.md lists the codes.',
  },
  pgdrill_run_duration_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: RUN,
    means: 'How long the last run took, cleanup included.',
  },
  pgdrill_phase_duration_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: [...RUN, 'phase'],
    means: 'How long each phase of the last run took that was run. The RTO is provision, restore and recover.',
  },
  pgdrill_rto_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: RUN,
    means: 'The RTO of the last run; absent: it did not provably reach its target.',
  },
  pgdrill_rto_objective_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: RUN,
    means: 'The RTO that the last run was judged by; absent: none was promised.',
  },
  pgdrill_rpo_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: RUN,
    means:
      'The RPO of the last run, an upper bound where production was idle; absent: not measured, or the target was chosen.',
  },
  pgdrill_rpo_objective_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: RUN,
    means: 'The RPO that the last run was judged by; absent: none was promised.',
  },
  pgdrill_objective_met: {
    type: 'gauge',
    unit: '0 or 1',
    labels: [...RUN, 'objective'],
    means: 'Whether the last run met its rto and its rpo; absent: nothing was promised, or nothing measured.',
  },
  pgdrill_restored_bytes: {
    type: 'gauge',
    unit: 'bytes',
    labels: RUN,
    means: 'The size of the cluster that the last run restored; absent: the restore did not end well.',
  },
  pgdrill_restore_bytes_per_second: {
    type: 'gauge',
    unit: 'bytes per second',
    labels: RUN,
    means: 'How fast the last run fetched it from the repository.',
  },
  pgdrill_wal_bytes: {
    type: 'gauge',
    unit: 'bytes',
    labels: RUN,
    means: 'WAL that the recovery of the last run was given.',
  },
  pgdrill_restored_backup_age_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: RUN,
    means: 'How old the backup set that was restored was when the last run began.',
  },
} as const satisfies Catalogue;
