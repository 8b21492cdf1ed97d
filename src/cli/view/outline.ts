import { formatBytes } from '../../core/bytes.ts';
import { shellQuote } from '../../core/shell-quote.ts';
import type { DrillOutline, FoundAhead } from '../../drill/plan-drill.ts';
import { isByChance } from '../../targets/random.ts';
import { durationText, secondText } from '../../report/document/words.ts';
import type { ReasonReport } from '../../report/report.ts';
import { environmentLines } from './environment.ts';
import { plain, type Style } from './style.ts';
import { wrap } from './wrap.ts';

/** The outline of one drill for people, over lines of `width` columns; its commands stay as they are, to be pasted. */
export function outlineText(outline: DrillOutline, style: Style = plain, width = Infinity): string {
  const rows = [
    ...sourceRows(outline),
    ...placeRows(outline),
    ['checks', checksText(outline)],
    ...comparisonRows(outline),
    ...(outline.integrity === null ? [] : ([['integrity', outline.integrity.text]] as const)),
    ['objectives', objectivesText(outline)],
    ...outline.fallback.map(({ failed, tried }) => ['fallback', `for ${failed}: ${tried}`] as const),
  ] as const;
  return [
    `${style('bold', outline.drill)}: a run would do this; nothing was restored.`,
    ...findingLines(outline.findings, style, width),
    ...rows.map(([label, value]) => `  ${style('dim', label.padEnd(10))}  ${wrap(value, width, 14)}`),
    ...environmentOf(outline, style, width),
    ...outline.commands.flatMap(({ phase, argv }) => ['', `  ${style('dim', `${phase}:`)}`, commandText(argv)]),
    ...outline.left.map((line) => `  ${style('yellow', '!')} ${line}`),
    '',
  ].join('\n');
}

function environmentOf({ environment }: DrillOutline, style: Style, width: number): string[] {
  if (environment.length === 0) return [];
  return ['', `  ${style('dim', 'environment:')}`, ...environmentLines(environment, style, width, 4)];
}

/** What was found until something ended the look ahead: what a run would warn of, and what its machine lacks. */
export function foundLines({ findings, environment }: FoundAhead, style: Style): string[] {
  const lacks = environment?.filter(({ state }) => state === 'lacking') ?? [];
  return [...findingLines(findings, style), ...environmentLines(lacks, style)];
}

/** What a run would warn of, as a run says it. */
function findingLines(findings: readonly ReasonReport[], style: Style, width = Infinity): string[] {
  return findings.flatMap(({ code, message, hint }) => [
    `  ${style('yellow', '!')} ${wrap(`${code}: ${message}`, width, 4)}`,
    ...(hint === null ? [] : [`    ${wrap(`hint: ${hint}`, width, 4)}`]),
  ]);
}

type Row = readonly [label: string, value: string];

function comparisonRows({ compare }: DrillOutline): Row[] {
  if (compare === null) return [];
  return [['production', `would be asked (read only, by ${compare.dsn}): ${compare.queries.join('; ')}`]];
}

function sourceRows({ stanza, repo, backup, wal, target, versions, selection }: DrillOutline): Row[] {
  const where = repo.host === null ? repo.type : `on ${repo.host}`;
  const typed = target.asTyped === null ? '' : `, as typed: ${target.asTyped}`;
  const chance = isByChance(target.type) ? ' (by chance; each run takes another)' : '';
  const base = backup.reference.length > 0 ? `, built on ${backup.reference.join(', ')}` : '';
  const newest = wal.newestArchivedAt === null ? '' : `, newest of ${secondText(wal.newestArchivedAt)}`;
  return [
    [
      'source',
      `stanza ${stanza}, repository ${repo.key} (${where}, cipher ${repo.cipher}), pgBackRest ${versions.pgbackrest}`,
    ],
    [
      'backup',
      `${backup.label} (${backup.type}, ended ${secondText(backup.stoppedAt)}, ${durationText(backup.ageMs)} ago${base})`,
    ],
    ...(['random', 'rotate'].includes(selection.kind) ? [['why this one', selection.reason] as const] : []),
    ...(selection.seed === null ? [] : [['seed', `${selection.seed} (--seed draws the same again)`] as const]),
    ['target', `${target.text}${typed}${chance}; timeline ${target.timeline}`],
    ['WAL', `${wal.segments} segments, ${formatBytes(wal.bytes)}: ${wal.from ?? '-'} to ${wal.to ?? '-'}${newest}`],
    ['PostgreSQL', versions.postgres ?? 'still to be installed'],
  ];
}

const NETWORK = { none: ', no network', repository: ', no network but to the repository', open: '' } as const;

function placeRows({ sandbox, disk, backup }: DrillOutline): Row[] {
  const fence = sandbox.readOnlyFileSystem
    ? `fenced off: everything else read-only${NETWORK[sandbox.network ?? 'open']}`
    : 'NOT fenced off by the kernel';
  const who =
    sandbox.user === null ? '; as whom, and how fenced off, is known once it is there' : `, as ${sandbox.user}`;
  const image = sandbox.image === null ? '' : ` of ${sandbox.image}`;
  const start = sandbox.start === 'delta' ? ', over the data of an earlier run (--delta)' : '';
  return [
    [
      'sandbox',
      `${sandbox.kind}${sandbox.place}${image}, in ${disk.path}${start}${who}${sandbox.user === null ? '' : `; ${fence}`}`,
    ],
    [
      'disk',
      `${formatBytes(disk.neededBytes)} needed (${formatBytes(backup.sizeBytes)} restored, and WAL), ${disk.freeBytes === null ? 'how much is free is not known yet' : `${formatBytes(disk.freeBytes)} free`}`,
    ],
  ];
}

function checksText({ checks }: DrillOutline): string {
  if (checks.length === 0) return 'none of the data; isolation is always asserted';
  return checks.map(({ name, severity }) => (severity === 'warning' ? `${name} (warning)` : name)).join('; ');
}

function objectivesText({ objectives }: DrillOutline): string {
  const stated = Object.entries({ RTO: objectives.rtoMs, RPO: objectives.rpoMs, 'backup age': objectives.backupAgeMs });
  const words = stated.flatMap(([name, ms]) => (ms === null ? [] : [`${name} ${durationText(ms)}`]));
  return words.length === 0 ? 'none stated' : words.join(', ');
}

/** A command line over several lines, an option each, to be read and to be pasted. */
function commandText(argv: readonly string[]): string {
  const words = argv.map(shellQuote);
  const lines: string[] = [];
  for (const word of words) {
    const continues = lines.at(-1) === '-c' || lines.at(-1) === '-D';
    if (continues) lines[lines.length - 1] += ` ${word}`;
    else lines.push(word);
  }
  return lines.map((line, index) => `    ${index === 0 ? '' : '  '}${line}`).join(' \\\n');
}
