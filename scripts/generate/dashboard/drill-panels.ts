import { graph, stat, table, timeline, VERDICT_WORDS, YES_NO, type Column, type Panel } from './panel.ts';

/** What is chosen above the dashboard. */
const F = 'instance=~"$instance",drill=~"$drill"';

const RUN = { instance: 'Machine', drill: 'Drill', stanza: 'Stanza', repository: 'Repository' };
const BY_RUN = 'by (instance, drill, stanza, repository)';
const OF_RUN = '{{drill}} {{repository}} ({{instance}})';

/** Each verdict as the number that VERDICT_WORDS has for it. */
const VERDICT_NUMBER = `sum ${BY_RUN} (${Object.entries(VERDICT_WORDS)
  .map(([number, [verdict]]) => `pgdrill_verdict{${F},verdict="${verdict}"} * ${number}`)
  .join(' or ')})`;

const last = (metric: string): string => `max ${BY_RUN} (${metric}{${F}})`;
/** How much of an objective was used: up to 1 it is met. */
const used = (name: string, metric: string, objective: string): Column => ({
  name,
  expr: `max ${BY_RUN} (${metric}{${F}} / ${objective}{${F}})`,
  unit: 'percentunit',
  decimals: 0,
  badFrom: 1.0001,
});

const ago = (metric: string): string => `max ${BY_RUN} (time() - ${metric}{${F}})`;

/**
 * The numbers above all. Where there are no metrics they show nothing: a zero would say that all is well.
 */
export const FIRST_SIGHT: readonly Panel[] = [
  stat({
    title: 'Drills that did not pass',
    description: 'Drills whose last run has another verdict than passed.',
    name: 'drills',
    noValue: 'none has run',
    badFrom: 1,
    expr: `sum(max by (instance, drill) (pgdrill_verdict{${F},verdict!="passed"}))`,
  }),
  stat({
    title: 'Overdue',
    description: 'Drills that have not run, or not passed, since they were due.',
    name: 'drills',
    noValue: 'no schedule',
    badFrom: 1,
    expr: `sum(max by (instance, drill) (pgdrill_overdue{${F}}))`,
  }),
  stat({
    title: 'Never passed',
    description: 'Drills that have a plan, and no run that passed.',
    name: 'drills',
    noValue: 'no drill',
    badFrom: 1,
    expr: `sum((pgdrill_drill_info{${F}} unless on (instance, drill) pgdrill_last_success_timestamp_seconds) or pgdrill_drill_info{${F}} * 0)`,
  }),
  stat({
    title: 'Oldest proof',
    description:
      'The time since the last run that passed, of the drill for which it is the longest. Those that never passed are counted beside it.',
    name: 'age',
    noValue: 'no proof',
    unit: 's',
    decimals: 1,
    expr: `max(time() - pgdrill_last_success_timestamp_seconds{${F}})`,
  }),
  stat({
    title: 'Critical findings',
    description: 'What drill check has found that keeps a recovery from what was promised.',
    name: 'findings',
    noValue: 'not checked',
    badFrom: 1,
    expr: `sum(pgdrill_check_findings{${F},level="critical"}) or sum(pgdrill_check_level{${F}} * 0)`,
  }),
  stat({
    title: 'Oldest metrics',
    description:
      'The age of the file of metrics that was written longest ago. With old files the rest of this dashboard is old as well.',
    name: 'age',
    noValue: 'unknown',
    unit: 's',
    badFrom: 7200,
    expr: 'max(time() - node_textfile_mtime_seconds{instance=~"$instance",file=~".*pgdrill[^/]*[.]prom"})',
  }),
];

export const DRILLS: readonly Panel[] = [
  table({
    title: 'Last run of each drill',
    description:
      'By what is on record. A dash: not measured. Used: the part of the objective; above 100 % it is missed.',
    width: 24,
    height: 7,
    rows: RUN,
    first: { column: 'Verdict', isLargest: true },
    columns: [
      { name: 'Verdict', expr: VERDICT_NUMBER, words: VERDICT_WORDS },
      { name: 'Ran ago', expr: ago('pgdrill_last_run_timestamp_seconds'), unit: 's', decimals: 0 },
      { name: 'Passed ago', expr: ago('pgdrill_last_success_timestamp_seconds'), unit: 's', decimals: 0 },
      { name: 'RTO', expr: last('pgdrill_rto_seconds'), unit: 's', decimals: 1 },
      used('RTO used', 'pgdrill_rto_seconds', 'pgdrill_rto_objective_seconds'),
      { name: 'RPO', expr: last('pgdrill_rpo_seconds'), unit: 's', decimals: 1 },
      used('RPO used', 'pgdrill_rpo_seconds', 'pgdrill_rpo_objective_seconds'),
      { name: 'Backup was old', expr: last('pgdrill_restored_backup_age_seconds'), unit: 's', decimals: 0 },
      { name: 'Took in all', expr: last('pgdrill_run_duration_seconds'), unit: 's', decimals: 0 },
    ],
  }),
  table({
    title: 'Schedule',
    description: 'Drills that have one. Missed: times at which the drill was due and did not run.',
    width: 11,
    height: 6,
    rows: { instance: 'Machine', drill: 'Drill' },
    columns: [
      { name: 'Not run', expr: `max by (instance, drill) (pgdrill_overdue{${F},alarm="not-run"})`, words: YES_NO },
      {
        name: 'Not passed',
        expr: `max by (instance, drill) (pgdrill_overdue{${F},alarm="not-passed"})`,
        words: YES_NO,
      },
      {
        name: 'Next due in',
        expr: `max by (instance, drill) (pgdrill_next_due_timestamp_seconds{${F}} - time())`,
        unit: 's',
        decimals: 0,
      },
      {
        name: 'Runs since',
        expr: `max by (instance, drill) (time() - pgdrill_running_since_timestamp_seconds{${F}})`,
        unit: 's',
        decimals: 0,
      },
      { name: 'Missed', expr: `max by (instance, drill) (pgdrill_missed_total{${F}})`, unit: 'short', decimals: 0 },
    ],
  }),
  table({
    title: 'Reasons of the last runs',
    description: 'Why a run did not pass, and warnings. docs/reasons.md says what each code means.',
    width: 6,
    height: 6,
    rows: { drill: 'Drill', repository: 'Repository', code: 'Code' },
    columns: [{ name: 'Runs', expr: `sum by (drill, repository, code) (pgdrill_run_reason{${F}})`, isHidden: true }],
  }),
  table({
    title: 'What the last runs drilled',
    description: 'The sandbox, the kind of recovery target, the type of the backup set, and the repository.',
    width: 7,
    height: 6,
    rows: {
      drill: 'Drill',
      sandbox: 'Sandbox',
      target: 'Target',
      backup_type: 'Backup',
      drilled_repository: 'Repository',
    },
    columns: [
      {
        name: 'Runs',
        expr: `sum by (drill, sandbox, target, backup_type, drilled_repository) (pgdrill_run_info{${F}})`,
        isHidden: true,
      },
    ],
  }),
  timeline({
    title: 'Verdicts',
    description: 'The verdict of the last run, over time. A gap: there were no metrics.',
    height: 6,
    name: OF_RUN,
    expr: VERDICT_NUMBER,
    words: VERDICT_WORDS,
  }),
  graph({
    title: 'RTO',
    description:
      'How long recovery took in the last run, and the objective. A gap: the last run did not reach its target.',
    width: 12,
    height: 8,
    unit: 's',
    lines: [{ name: OF_RUN, expr: last('pgdrill_rto_seconds') }],
    limit: { name: 'objective of {{drill}}', expr: last('pgdrill_rto_objective_seconds') },
  }),
  graph({
    title: 'RPO',
    description: 'How much work was not in the archive in the last run, at most, and the objective.',
    width: 12,
    height: 8,
    unit: 's',
    lines: [{ name: OF_RUN, expr: last('pgdrill_rpo_seconds') }],
    limit: { name: 'objective of {{drill}}', expr: last('pgdrill_rpo_objective_seconds') },
  }),
  graph({
    title: 'Phases',
    description:
      'How long each phase of the last run took, of all drills that are chosen. Choose one drill to read it.',
    width: 6,
    height: 8,
    unit: 's',
    isStacked: true,
    lines: [{ name: '{{phase}}', expr: `sum by (phase) (pgdrill_phase_duration_seconds{${F}})` }],
  }),
  graph({
    title: 'Restored',
    description: 'The size of the cluster that was restored.',
    width: 6,
    height: 8,
    unit: 'bytes',
    lines: [{ name: OF_RUN, expr: last('pgdrill_restored_bytes') }],
  }),
  graph({
    title: 'Restore speed',
    description: 'How fast the files came from the repository.',
    width: 6,
    height: 8,
    unit: 'Bps',
    lines: [{ name: OF_RUN, expr: last('pgdrill_restore_bytes_per_second') }],
  }),
  graph({
    title: 'WAL',
    description: 'How much WAL the recovery was given: the more of it, the longer it takes.',
    width: 6,
    height: 8,
    unit: 'bytes',
    lines: [{ name: OF_RUN, expr: last('pgdrill_wal_bytes') }],
  }),
];
