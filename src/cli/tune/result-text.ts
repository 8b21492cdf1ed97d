import { durationText, sizeText } from '../../report/document/words.ts';
import { visible } from '../../report/visible.ts';
import type { Tried, TuneDocument } from '../../tune/document.ts';
import { gainWanted } from '../../tune/judge.ts';
import type { Style } from '../view/style.ts';
import { tableWithin } from '../view/table.ts';
import { wrap } from '../view/wrap.ts';
import { gainText } from './gain.ts';

const HEAD = ['RTO', 'RESTORE', 'RECOVER', 'WAL', '', 'TRIED'];
const DISPENSABLE = ['WAL', 'RECOVER', 'RESTORE'];

/** What a tuning came to, for people: the answer first, then all that was tried, then the lines that make it so. */
export function tuneText(document: TuneDocument, style: Style, width: number): string {
  const { tried, ended, left } = document;
  const best = tried.find(({ id }) => id === document.best) ?? null;
  const rows = tried.map((one) => rowOf(one, one === best, style));
  const head = HEAD.map((title) => style('dim', title));
  const notes = [
    ...(ended === null ? [] : [`Not all was tried: ${ended}.`]),
    ...tried.flatMap(({ id, why }) => (why === null ? [] : [`${id}: ${why}.`])),
    ...(tried[0]?.drills === 1 ? [ONE_DRILL] : []),
    ...left.map((text) => `Left behind: ${text}.`),
  ];
  return [
    `${style('bold', wrap(answerOf(document, best), width, 0))}\n`,
    tableWithin([head, ...rows], HEAD, DISPENSABLE, width),
    ...(best === null ? [] : [linesOf(best, style)]),
    ...notes.map((note) => `${wrap(visible(note), width, 0)}\n`),
  ].join('\n');
}

const ONE_DRILL = 'Each way was drilled once; times of a busy machine vary. --drills 3 compares medians of three.';

function answerOf({ drill, tried, ended, spread }: TuneDocument, best: Tried | null): string {
  const name = visible(drill);
  const [now] = tried;
  if (!now || now.rtoMs === null) return `The RTO of ${name} as configured was not measured.`;
  const rto = `RTO of ${name}: ${durationText(now.rtoMs)} now`;
  if (best?.rtoMs) return `${rto}; ${durationText(best.rtoMs)} with ${best.id}.`;
  if (ended !== null) return `${rto}.`;
  return `${rto}; nothing that was tried gains ${Math.round(gainWanted(spread) * 100)} % or more.`;
}

function rowOf({ id, rtoMs, restoreMs, recoverMs, walBytes, ratio }: Tried, isBest: boolean, style: Style): string[] {
  const rto = durationText(rtoMs);
  return [
    isBest ? style(['bold', 'green'], rto) : rto,
    durationText(restoreMs),
    durationText(recoverMs),
    sizeText(walBytes),
    gainText(ratio),
    id,
  ];
}

/** The lines of each file, so that they can be taken as they are. */
function linesOf({ lines }: Tried, style: Style): string {
  const places = Map.groupBy(lines, ({ file, section }) => `${file} ${section ?? ''}`);
  return [...places.values()]
    .map((its) => {
      const [first] = its;
      const title = WHERE[first?.file ?? 'postgresql.conf'];
      const section = first?.section ? [`[${first.section}]`] : [];
      return [style('dim', `# ${title}`), ...section, ...its.map(({ line }) => line), ''].join('\n');
    })
    .join('\n');
}

const WHERE = {
  'pgbackrest.conf': 'pgbackrest.conf, where the restore runs',
  'postgresql.conf': 'postgresql.conf of the server while it recovers; take them out afterwards',
  recovery: 'prints a recovery that fetches its WAL so',
} as const;
