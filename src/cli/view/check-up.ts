import type { CheckUp, CheckedRepository } from '../../check-up/document.ts';
import type { Level } from '../../check-up/finding-codes.ts';
import { counted, durationText, promisedText, secondText } from '../../report/document/words.ts';
import { plain, type Style } from './style.ts';
import { barLines } from './windows.ts';
import { wrap } from './wrap.ts';

const MARK = { ok: '✓', warning: '!', critical: '✗', unknown: '?' } as const;
const COLOUR = { ok: 'green', warning: 'yellow', critical: 'red', unknown: 'magenta' } as const;

/** What was found in the repositories of a plan, over lines of `width` columns: the verdict, what is wrong, then the figures. */
export function checkUpText(found: CheckUp, style: Style = plain, width = Infinity): string {
  const { findings, repositories, locks } = found;
  return [
    titleText(found, style, width),
    ...findings.flatMap((finding) => findingLines(finding, repositories.length > 1, style, width)),
    ...repositories.flatMap((repository) => ['', ...repositoryLines(repository, found, style, width)]),
    ...(locks ?? []).map(
      ({ pid, heldMs }) => `\n  A backup (process ${pid}) has held its lock for ${durationText(heldMs)}.`,
    ),
    '',
  ].join('\n');
}

function titleText(
  { name, stanza, level, findings, lookedAt, durationMs }: CheckUp,
  style: Style,
  width: number,
): string {
  const counts = (['critical', 'unknown', 'warning'] as const).flatMap((one) => {
    const count = findings.filter((finding) => finding.level === one).length;
    return count === 0 ? [] : [`${count} ${one}`];
  });
  const said = counts.length === 0 ? 'nothing was found wrong' : counts.join(', ');
  const who = name === stanza ? name : `${name} (stanza ${stanza})`;
  const when = `looked at ${secondText(lookedAt)} in ${durationText(durationMs)}, nothing was restored`;
  const verdict = `${style(['bold', COLOUR[level]], level.toUpperCase())} ${style('bold', who)}`;
  return wrap(`${verdict}: ${said}; ${when}`, width, 2);
}

type Finding = CheckUp['findings'][number];

function findingLines(
  { code, level, repo, message, hint }: Finding,
  several: boolean,
  style: Style,
  width: number,
): string[] {
  const where = several && repo !== null ? `repository ${repo}: ` : '';
  return [
    `  ${style(COLOUR[level], MARK[level])} ${wrap(`${where}${code}: ${message}`, width, 4)}`,
    ...(hint === null ? [] : [style('dim', `    ${wrap(`hint: ${hint}`, width, 4)}`)]),
  ];
}

function repositoryLines(repository: CheckedRepository, found: CheckUp, style: Style, width: number): string[] {
  const { key, type, host, location, cipher, cluster, lookedAt } = repository;
  const place = host === null ? [type, location ?? ''] : [`on ${host}`, location ?? ''];
  const known = [
    ...place,
    `cipher ${cipher ?? 'not known'}`,
    ...(cluster ? [`PostgreSQL ${cluster.postgres}, ${cluster.archiveId}`] : []),
  ];
  const name = `repository ${key}`;
  const words = known.filter((word) => word !== '').join(', ');
  const title = wrap(`${style('bold', name)}  ${words}`, width, name.length + 2);
  if (!lookedAt) return [title, `  ${style('magenta', 'nothing is known of it')}`];
  const rows = [
    ['backups', backupsText(repository)],
    ['age', ageText(repository.backupAge, 'since the newest backup ended', style)],
    ...retentionRow(repository, style),
    ['WAL', ageText(repository.rpo, 'since the newest in reach was archived', style)],
    ['recoverable', ageText(repository.recoverable, `without a hole${sinceText(repository)}`, style)],
    ...protectionRow(repository, style),
    ...verifiedRow(repository, style),
  ] as const;
  const wanted = repository.branches.find(({ isWanted }) => isWanted);
  return [
    title,
    ...rows.map(([label, text]) => `  ${style('dim', label.padEnd(11))}  ${wrap(text, width, 15)}`),
    ...(wanted === undefined ? [] : barLines(wanted, found.lookedAt, style, width)),
  ];
}

function backupsText({ backups, retention }: CheckedRepository): string {
  const each = (['full', 'diff', 'incr'] as const).map((type) => {
    const last = backups[type];
    if (last === null) return `no ${type}`;
    return `last ${type} ${last.ageMs === null ? 'dated in the future' : `${durationText(last.ageMs)} ago`}`;
  });
  return `${counted(backups.count ?? 0, 'set')}, ${retention.full.present ?? 0} of them full: ${each.join(', ')}`;
}

function ageText({ measuredMs, objectiveMs, met }: CheckedRepository['rpo'], says: string, style: Style): string {
  const value = measuredMs === null ? 'not measured' : `${durationText(measuredMs)} ${says}`;
  return objectiveMs === null ? value : `${value}; objective ${promisedText(objectiveMs)} ${metMark(met, style)}`;
}

function sinceText({ branches }: CheckedRepository): string {
  const from = branches.find(({ isWanted }) => isWanted)?.windows.at(-1)?.from;
  return from === undefined ? '' : `, since ${secondText(from)}`;
}

function metMark(met: boolean | null, style: Style): string {
  const level: Level = met === null ? 'unknown' : met ? 'ok' : 'critical';
  return style(COLOUR[level], MARK[level]);
}

function retentionRow({ retention: { full, diff } }: CheckedRepository, style: Style): (readonly [string, string])[] {
  const parts = [
    { ...full, noun: 'full' },
    { ...diff, noun: 'full or differential' },
  ].flatMap(({ present, promised, noun }) => {
    if (promised === null) return [];
    return [
      `${present ?? '?'} of ${promised} ${noun} ${metMark(present === null ? null : present >= promised, style)}`,
    ];
  });
  return parts.length === 0 ? [] : [['retention', parts.join(', ')]];
}

function protectionRow({ protection }: CheckedRepository, style: Style): (readonly [string, string])[] {
  if (protection === null) return [];
  const { versioning, objectLock } = protection;
  const lock = objectLock === null ? `off ${metMark(false, style)}` : `${objectLock.mode}, ${objectLock.days} days`;
  const versions = versioning === 'enabled' ? versioning : `${versioning} ${metMark(false, style)}`;
  return [['bucket', `versioning ${versions}, object lock ${lock}`]];
}

function verifiedRow({ verified }: CheckedRepository, style: Style): (readonly [string, string])[] {
  if (verified === null) return [];
  const files = verified.parts.reduce((sum, { checked }) => sum + checked, 0);
  return [['verified', `${files} files and segments read ${metMark(verified.isWhole, style)}`]];
}
