import type { CheckUp, CheckedRepository } from '../../check-up/document.ts';
import { badness, worstLevel, type Level } from '../../check-up/finding-codes.ts';
import type { DrillError } from '../../core/errors.ts';
import { counted } from '../../report/document/words.ts';

/** The exit statuses of plugins of Nagios, Icinga, Naemon and the like. */
export const NAGIOS_STATUS: Readonly<Record<Level, number>> = { ok: 0, warning: 1, critical: 2, unknown: 3 };

/** The worst of what was found. What kept a plan from being looked at is not known. */
export function nagiosLevel(found: readonly CheckUp[], problems: readonly DrillError[]): Level {
  return worstLevel([...found.map(({ level }) => level), ...problems.map(() => 'unknown' as const)]);
}

/** One status line with figures (perfdata), and a line for each finding, and each problem, below. */
export function nagiosText(found: readonly CheckUp[], problems: readonly DrillError[]): string {
  const findings = [
    ...found.flatMap(({ stanza, findings: some }) =>
      some.map(({ level, code, message, repo }) => ({
        level,
        text: `${whereOf({ stanza, repo })}: ${code}: ${message}`,
      })),
    ),
    ...problems.map(({ code, message }) => ({ level: 'unknown' as const, text: `${code}: ${message}` })),
  ];
  const [worst] = findings.toSorted((a, b) => badness(b.level) - badness(a.level));
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : '';
  const said = worst === undefined ? allIsWell(found) : `${worst.text}${more}`;
  const figures = found.flatMap((one) =>
    one.repositories.flatMap((repository) => perfdata(one, repository, found.length)),
  );
  const lines = findings.map(({ level, text }) => `${plain(`[${level.toUpperCase()}] ${text}`)}\n`);
  const level = nagiosLevel(found, problems).toUpperCase();
  return `PGDRILL ${level} - ${plain(said)}${figures.length === 0 ? '' : ` | ${figures.join(' ')}`}\n${lines.join('')}`;
}

/** What kept a check-up from an answer, as a status line. */
export function nagiosError({ code, message }: DrillError): string {
  return `PGDRILL UNKNOWN - ${plain(`${code}: ${message}`)}\n`;
}

function whereOf({ stanza, repo }: { readonly stanza: string; readonly repo: number | null }): string {
  return repo === null ? stanza : `${stanza}, repository ${repo}`;
}

function allIsWell(found: readonly CheckUp[]): string {
  return found
    .map(
      ({ stanza, repositories }) =>
        `${stanza}: nothing wrong in ${counted(repositories.length, 'repository').replace('repositorys', 'repositories')}`,
    )
    .join('; ');
}

/** A bar ends the text of a plugin, and a line feed its first line. */
function plain(text: string): string {
  return text.replaceAll('|', '/').replaceAll(/\s*\n\s*/g, ' ');
}

/** `'label'=value[unit];[warning];[critical];[least]`; `U` where there is no value (Monitoring Plugins' guidelines). */
function perfdata({ stanza }: CheckUp, repository: CheckedRepository, plans: number): string[] {
  const prefix = `${plans > 1 ? `${stanza}_` : ''}repo${repository.key}`.replaceAll(/['=\s]/g, '-');
  const { backupAge, rpo, recoverable, archive, backups } = repository;
  const figure = (name: string, value: number | null, unit: string, critical: string): string =>
    `'${prefix}_${name}'=${value === null ? 'U' : `${value}${unit}`};;${critical};0`;
  const age = (name: string, { measuredMs, objectiveMs }: CheckedRepository['rpo'], atLeast = false): string =>
    figure(
      name,
      seconds(measuredMs),
      's',
      objectiveMs === null ? '' : `${seconds(objectiveMs) ?? ''}${atLeast ? ':' : ''}`,
    );
  return [
    age('backup_age', backupAge),
    age('wal_age', rpo),
    age('recoverable', recoverable, true),
    figure('backups', backups.count, '', ''),
    figure('full', repository.retention.full.present, '', atLeastOf(repository.retention.full.promised)),
    figure('wal_segments', archive.segments, '', ''),
  ];
}

function atLeastOf(promised: number | null): string {
  return promised === null ? '' : `${promised}:`;
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : Math.floor(ms / 1000);
}
