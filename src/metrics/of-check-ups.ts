import type { CheckedRepository, CheckUp } from '../check-up/document.ts';
import { epochSeconds, oneOf, sample, seconds, type Sample } from './sample.ts';

const LEVELS = ['ok', 'warning', 'critical', 'unknown'] as const satisfies readonly CheckUp['level'][];

/** What `drill check` found, in samples, of which there is none for what was not measured. */
export function samplesOfCheckUps(checkUps: readonly CheckUp[]): Sample[] {
  return checkUps.flatMap((checkUp) => {
    const { name: drill, stanza, lookedAt, level, repositories } = checkUp;
    const of = { drill, stanza };
    return [
      ...sample('pgdrill_check_timestamp_seconds', of, epochSeconds(lookedAt)),
      ...oneOf('pgdrill_check_level', of, { label: 'level', words: LEVELS, word: level }),
      ...samplesOfFindings(checkUp),
      ...repositories.flatMap((repository) => samplesOfRepository(of, repository)),
    ];
  });
}

function samplesOfFindings({ name: drill, stanza, findings }: CheckUp): Sample[] {
  const alike = Map.groupBy(findings, ({ code, repo }) => `${code} ${repo ?? ''}`);
  return [...alike.values()].flatMap((some) =>
    some.slice(0, 1).flatMap(({ code, level, repo }) => {
      const labels = { drill, stanza, repository: repo === null ? null : String(repo), code, level };
      return sample('pgdrill_check_findings', labels, some.length);
    }),
  );
}

function samplesOfRepository(
  of: { readonly drill: string; readonly stanza: string },
  repository: CheckedRepository,
): Sample[] {
  const { key, lookedAt, backups, backupAge, rpo, recoverable, behind } = repository;
  const labels = { ...of, repository: String(key) };
  const ifLookedAt = (count: number | null): number | null => (lookedAt ? count : null);
  return [
    ...sample('pgdrill_repository_looked_at', labels, Number(lookedAt)),
    ...sample('pgdrill_backup_age_seconds', labels, seconds(backupAge.measuredMs)),
    ...sample('pgdrill_backup_age_objective_seconds', labels, seconds(backupAge.objectiveMs)),
    ...(['full', 'diff', 'incr'] as const).flatMap((type) =>
      sample('pgdrill_backup_timestamp_seconds', { ...labels, type }, epochSeconds(backups[type]?.stoppedAt ?? null)),
    ),
    ...sample('pgdrill_backup_sets', labels, backups.count),
    ...sample('pgdrill_backup_page_error_sets', labels, ifLookedAt(backups.withPageErrors.length)),
    ...sample('pgdrill_wal_age_seconds', labels, seconds(rpo.measuredMs)),
    ...sample('pgdrill_wal_age_objective_seconds', labels, seconds(rpo.objectiveMs)),
    ...sample('pgdrill_recoverable_seconds', labels, seconds(recoverable.measuredMs)),
    ...sample('pgdrill_recoverable_objective_seconds', labels, seconds(recoverable.objectiveMs)),
    ...sample('pgdrill_recovery_holes', labels, ifLookedAt(holesIn(repository))),
    ...sample('pgdrill_repository_behind_segments', labels, behind?.segments ?? null),
  ];
}

function holesIn({ branches, cluster }: CheckedRepository): number {
  const wanted = branches.filter(({ isWanted, archiveId }) => isWanted && archiveId === cluster?.archiveId);
  return wanted.reduce((sum, { holes }) => sum + holes.length, 0);
}
