import { graph, table, type Column, type Panel } from './panel.ts';

const F = 'instance=~"$instance",drill=~"$drill"';
const REPOSITORY = { instance: 'Machine', drill: 'Drill', stanza: 'Stanza', repository: 'Repository' };
const BY = 'by (instance, drill, stanza, repository)';
const OF = '{{drill}} {{repository}} ({{instance}})';

const now = (metric: string): string => `max ${BY} (${metric}{${F}})`;
const seconds = (name: string, metric: string): Column => ({ name, expr: now(metric), unit: 's', decimals: 0 });
/** How much of what is allowed was used: up to 1 the promise is kept. */
const used = (name: string, metric: string, objective: string): Column => ({
  name,
  expr: `max ${BY} (${metric}{${F}} / ${objective}{${F}})`,
  unit: 'percentunit',
  decimals: 0,
  badFrom: 1.0001,
});
const count = (name: string, metric: string, badFrom?: number): Column => ({
  name,
  expr: now(metric),
  unit: 'short',
  decimals: 0,
  ...(badFrom === undefined ? {} : { badFrom }),
});

/** What `drill check` tells. */
export const REPOSITORIES: readonly Panel[] = [
  table({
    title: 'Repositories',
    description:
      'As drill check found them when it looked last: the age of the newest backup and of the newest WAL, and the part of the objective that it is. Damaged: sets of damaged pages. Behind: segments that another repository has. A dash: nothing was promised, or nothing measured.',
    width: 24,
    height: 6,
    rows: REPOSITORY,
    columns: [
      {
        name: 'Looked at',
        expr: now('pgdrill_repository_looked_at'),
        words: { 0: ['no', 'red'], 1: ['yes', 'text'] },
      },
      seconds('Backup', 'pgdrill_backup_age_seconds'),
      used('Backup used', 'pgdrill_backup_age_seconds', 'pgdrill_backup_age_objective_seconds'),
      seconds('WAL', 'pgdrill_wal_age_seconds'),
      used('WAL used', 'pgdrill_wal_age_seconds', 'pgdrill_wal_age_objective_seconds'),
      seconds('Recoverable', 'pgdrill_recoverable_seconds'),
      seconds('Promised', 'pgdrill_recoverable_objective_seconds'),
      count('Sets', 'pgdrill_backup_sets'),
      count('Damaged', 'pgdrill_backup_page_error_sets', 1),
      count('Holes', 'pgdrill_recovery_holes', 1),
      count('Behind', 'pgdrill_repository_behind_segments', 1),
    ],
  }),
  table({
    title: 'Findings',
    description: 'What drill check found. docs/check.md says what each code means.',
    width: 10,
    height: 8,
    rows: { level: 'Level', stanza: 'Stanza', repository: 'Repository', code: 'Code' },
    first: { column: 'Level', isLargest: false },
    columns: [
      {
        name: 'How many',
        expr: `sum by (level, stanza, repository, code) (pgdrill_check_findings{${F}})`,
        decimals: 0,
      },
    ],
  }),
  table({
    title: 'Looked ago',
    description: 'The time since drill check looked.',
    width: 6,
    height: 8,
    rows: { instance: 'Machine', drill: 'Drill' },
    columns: [
      {
        name: 'Looked ago',
        expr: `max by (instance, drill) (time() - pgdrill_check_timestamp_seconds{${F}})`,
        unit: 's',
        decimals: 0,
        badFrom: 7200,
      },
    ],
  }),
  graph({
    title: 'Backups of each type',
    description: 'The age of the newest full, differential and incremental backup.',
    width: 8,
    height: 8,
    unit: 's',
    lines: [
      {
        name: `{{type}} of ${OF}`,
        expr: `max by (instance, drill, repository, type) (time() - pgdrill_backup_timestamp_seconds{${F}})`,
      },
    ],
  }),
  graph({
    title: 'Age of the newest backup',
    description: 'It should look like a saw. The dashed line is what was promised.',
    width: 8,
    height: 8,
    unit: 's',
    lines: [{ name: OF, expr: now('pgdrill_backup_age_seconds') }],
    limit: { name: 'objective of {{drill}}', expr: now('pgdrill_backup_age_objective_seconds') },
  }),
  graph({
    title: 'Age of the newest WAL',
    description:
      'The time since the newest WAL that can be recovered was archived. A line that climbs: archiving has stalled.',
    width: 8,
    height: 8,
    unit: 's',
    lines: [{ name: OF, expr: now('pgdrill_wal_age_seconds') }],
    limit: { name: 'objective of {{drill}}', expr: now('pgdrill_wal_age_objective_seconds') },
  }),
  graph({
    title: 'Recoverable',
    description: 'How far back every moment can be recovered to. It has to stay above the dashed line.',
    width: 8,
    height: 8,
    unit: 's',
    lines: [{ name: OF, expr: now('pgdrill_recoverable_seconds') }],
    limit: { name: 'objective of {{drill}}', expr: now('pgdrill_recoverable_objective_seconds') },
  }),
];
