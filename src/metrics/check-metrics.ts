import type { Catalogue } from './metric.ts';

const CHECKED = ['drill', 'stanza', 'repository'] as const;

/** What `drill check` is told by. */
export const CHECK_METRICS = {
  pgdrill_check_timestamp_seconds: {
    type: 'gauge',
    unit: 'seconds since 1970',
    labels: ['drill', 'stanza'],
    means: 'When drill check looked.',
  },
  pgdrill_check_level: {
    type: 'gauge',
    unit: '0 or 1',
    labels: ['drill', 'stanza', 'level'],
    means: 'The worst of what was found: one series for each level.',
  },
  pgdrill_check_findings: {
    type: 'gauge',
    unit: 'count',
    labels: [...CHECKED, 'code', 'level'],
    means: 'What was found, by code; absent: nothing of the kind. Without a repository: of the stanza as a whole.',
  },
  pgdrill_repository_looked_at: {
    type: 'gauge',
    unit: '0 or 1',
    labels: CHECKED,
    means: 'Whether the repository could be looked at. With 0, its other series are absent.',
  },
  pgdrill_backup_age_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: CHECKED,
    means: 'The age of the newest backup; absent: there is none, or a clock is wrong.',
  },
  pgdrill_backup_age_objective_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: CHECKED,
    means: 'How old the newest backup may be (objectives.backupAge).',
  },
  pgdrill_backup_timestamp_seconds: {
    type: 'gauge',
    unit: 'seconds since 1970',
    labels: [...CHECKED, 'type'],
    means: 'When the newest backup of each type (full, diff, incr) ended; absent: there is none.',
  },
  pgdrill_backup_sets: {
    type: 'gauge',
    unit: 'count',
    labels: CHECKED,
    means: 'Backup sets in the repository.',
  },
  pgdrill_backup_page_error_sets: {
    type: 'gauge',
    unit: 'count',
    labels: CHECKED,
    means: 'Backup sets that were taken of damaged pages.',
  },
  pgdrill_wal_age_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: CHECKED,
    means: 'The time since the newest WAL that can be recovered was archived.',
  },
  pgdrill_wal_age_objective_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: CHECKED,
    means: 'How old the newest WAL may be (objectives.rpo).',
  },
  pgdrill_recoverable_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: CHECKED,
    means: 'How far back every moment can be recovered to, from the newest on: the length of the newest window.',
  },
  pgdrill_recoverable_objective_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: CHECKED,
    means: 'How far back every moment has to be recoverable (objectives.recoverable).',
  },
  pgdrill_recovery_holes: {
    type: 'gauge',
    unit: 'count',
    labels: CHECKED,
    means: 'Stretches of time that cannot be recovered to, on the way that a recovery takes by itself.',
  },
  pgdrill_repository_behind_segments: {
    type: 'gauge',
    unit: 'count',
    labels: CHECKED,
    means: 'WAL segments of another repository that are not in this one; absent: none, or nothing to compare.',
  },
} as const satisfies Catalogue;
