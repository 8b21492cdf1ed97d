import type { CheckUp, CheckedBranch, CheckedRepository } from '../../check-up/document.ts';
import { shortHoleText } from '../../check-up/hole-text.ts';
import { durationText, minuteText, secondText } from '../../report/document/words.ts';
import { plain, type Style } from './style.ts';
import { windowsBar } from './windows-bar.ts';
import { wrap } from './wrap.ts';

/** No bar is wider, however wide the terminal is: the eye has to take it in at once. */
const WIDEST = 100;

/** What can be recovered to in each repository of a plan, over lines of `width` columns. */
export function windowsText(found: CheckUp, style: Style = plain, width = Infinity): string {
  const parts = found.repositories.map((repository) => {
    const { key, lookedAt, branches } = repository;
    const title = style('bold', `${found.stanza}, repository ${key}`);
    if (!lookedAt) return `${title}\n${notLookedAt(found, repository, style, width)}`;
    return [title, ...branches.map((branch) => branchText(branch, found.lookedAt, style, width))].join('\n');
  });
  const isShown = found.repositories.some(({ branches }) => branches.length > 0);
  return `${parts.join('\n')}${isShown ? `\n${style('dim', wrap(ENDS, width, 0))}\n` : ''}`;
}

/** Nothing was replayed, so no more is known. */
const ENDS =
  'A window ends when its last WAL was archived: the last commit in it is of then, or earlier. Only a drill shows that it can be recovered.';

function notLookedAt({ findings }: CheckUp, { key }: CheckedRepository, style: Style, width: number): string {
  const why = findings.find(({ repo }) => repo === key);
  const text = why === undefined ? 'nothing is known' : `${why.code}: ${why.message}`;
  return `  ${style('red', '✗')} ${wrap(text, width, 4)}\n`;
}

/** How many windows are put into words. */
const MOST = 20;

/** The picture of a branch, and its windows and holes in words. */
function branchText(branch: CheckedBranch, now: string, style: Style, width: number): string {
  const { archiveId, timeline, isWanted, windows, holes } = branch;
  const aside = isWanted ? '' : `; a recovery leaves it aside, --target-timeline ${timeline} leads there`;
  const title = `  ${wrap(`cluster ${archiveId}, timeline ${timeline}${aside}`, width, 4)}`;
  if (windows.length === 0) return `${title}\n  ${style('red', 'No moment can be recovered to.')}\n`;
  const shown = windows.slice(-MOST);
  const hidden = windows.length - shown.length;
  const lines = shown.flatMap((window, index) => [
    ...windowLines(window, index === shown.length - 1 ? now : null, style, width),
    ...holes
      .filter(({ from }) => from === window.to)
      .map((hole) => `  ${style('red', '✗')} ${wrap(shortHoleText(hole), width, 4)}`),
  ]);
  const before = hidden === 0 ? [] : [style('dim', `  ${hidden} windows before these: --json shows them`)];
  return [title, ...barLines(branch, now, style, width), legend(branch, now, style), ...before, ...lines, ''].join(
    '\n',
  );
}

/** The bar and its axis, indented by two: up to now, or up to its end where recoveries leave the branch aside. */
export function barLines(branch: CheckedBranch, now: string, style: Style, width: number): string[] {
  const columns = Math.max(20, Math.min(width - 4, WIDEST));
  const until = untilOf(branch, now);
  const bar = windowsBar(branch, Date.parse(until), columns);
  if (bar === '') return [];
  const begin = stamp(branch.windows[0]?.from ?? now);
  const end = until === now ? 'now' : stamp(until);
  const drawn = bar.replaceAll(/█+|▓+|·+|░+|│+/g, (run) => style(COLOURS[run.charAt(0)] ?? 'reset', run));
  return [
    `  ${drawn}`,
    style('dim', `  ${begin}${' '.repeat(Math.max(1, columns - begin.length - end.length))}${end}`),
  ];
}

function untilOf({ isWanted, windows }: CheckedBranch, now: string): string {
  return isWanted ? now : (windows.at(-1)?.to ?? now);
}

/** To the minute, without its zone: all is UTC. */
function stamp(moment: string): string {
  return minuteText(moment).replace(' UTC', '');
}

const COLOURS: Readonly<Record<string, 'green' | 'yellow' | 'red' | 'dim'>> = {
  '█': 'green',
  '▓': 'yellow',
  '·': 'red',
  '░': 'dim',
  '│': 'green',
};

const MEANS: Readonly<Record<string, string>> = {
  '█': 'can be recovered to',
  '▓': 'in parts',
  '·': 'cannot',
  '░': 'not archived yet',
  '│': 'one moment',
};

/** What the signs of a bar mean, as far as it has them. */
function legend(branch: CheckedBranch, now: string, style: Style): string {
  const bar = windowsBar(branch, Date.parse(untilOf(branch, now)), WIDEST);
  const signs = Object.entries(MEANS).filter(([sign]) => bar.includes(sign));
  return style('dim', `  ${signs.map(([sign, means]) => `${sign} ${means}`).join('   ')}`);
}

type Window = CheckedBranch['windows'][number];

/** `now`: how fresh the end is has to be told; null: it is long past. */
function windowLines(window: Window, now: string | null, style: Style, width: number): string[] {
  const { from, to, fromSet, sets, lastSegment } = window;
  if (lastSegment === null) {
    const text = `${secondText(from)}, the end of ${fromSet}, which was taken offline: no other moment`;
    return [`  ${style('green', '✓')} ${wrap(text, width, 4)}`];
  }
  const length = durationText(Date.parse(to) - Date.parse(from));
  const span = `${secondText(from).replace(' UTC', '')} to ${secondText(to)}: ${length}`;
  const built = sets === 1 ? `from ${fromSet}` : `from ${fromSet} and ${sets - 1} later ${sets === 2 ? 'set' : 'sets'}`;
  const age = now === null ? null : durationText(Math.max(0, Date.parse(now) - Date.parse(to)));
  const fresh = age === null ? '' : `; its last segment, ${lastSegment}, was archived ${age} ago`;
  return [
    `  ${style('green', '✓')} ${wrap(span, width, 4)}`,
    `    ${style('dim', wrap(`${built}${fresh}`, width, 4))}`,
  ];
}
