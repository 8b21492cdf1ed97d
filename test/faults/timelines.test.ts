import { globSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { makeBranching, placeAt, type Branching } from '../fixtures/branching.ts';
import { drill, type DrillRun, type Workspace } from '../fixtures/drill.ts';
import { empty, forbid, overwrite, remove, scramble, zero, type Harm } from '../fixtures/harm.ts';
import { trial } from '../trials/trial.ts';

let made: Branching;

beforeAll(async () => {
  made = await makeBranching();
});
afterAll(() => rmSync(made.root, { recursive: true, force: true }));

const ALL_ROWS = ['--check-sql', "select array_agg(id order by id) = '{1,2,3,200,201}' from marks"];

function failedOver(harm: (place: Workspace) => void, ...words: string[]): () => Promise<DrillRun> {
  return () => {
    const place = placeAt(made, 'failover');
    harm(place);
    return drill(place, ...words);
  };
}

const historyOf = ({ repo }: Workspace): string =>
  join(repo, globSync('archive/shop/*/00000002.history', { cwd: repo })[0] ?? '');
const history = (harm: Harm): (() => Promise<DrillRun>) => failedOver((place) => harm(historyOf(place)));

/** A line of a history file: a timeline, where it was left, and why. */
const says = (line: string): (() => Promise<DrillRun>) =>
  history((file) => overwrite(file, () => Buffer.from(`${line}\n`)));

trial('T1', history(empty));
trial('T2', history(scramble));
trial(
  'T3',
  history((file) => overwrite(file, (text) => text.subarray(0, 5))),
);
trial('T4', says('1\t0/100028\tno recovery target specified'));
trial('T5', says('1\tF/100028\tno recovery target specified'));
trial(
  'T6',
  history((file) => overwrite(file, (text) => Buffer.from(String(text).replace(/^1\t/, '9\t')))),
);
trial('T7', history(forbid));
/** A history file of a timeline of which there is nothing else. */
const historyOfNine = (harm: Harm): (() => Promise<DrillRun>) =>
  failedOver((place) => {
    const file = historyOf(place).replace('00000002', '00000009');
    writeFileSync(file, readFileSync(historyOf(place)));
    harm(file);
  });

trial('T8', historyOfNine(scramble));
trial('T15', historyOfNine(forbid));
trial(
  'T9',
  failedOver((place) => {
    const last = segmentsOf(place, '00000002').at(-1) ?? '';
    const at = `${Number.parseInt(last.slice(8, 16), 16).toString(16)}/${(Number.parseInt(last.slice(16), 16) * 2 ** 20 + 40).toString(16)}`;
    const text = `${readFileSync(historyOf(place), 'utf8').trim()}\n2\t${at.toUpperCase()}\tno recovery target specified\n`;
    writeFileSync(historyOf(place).replace('00000002', '00000003'), text);
  }),
);

const segmentsOf = ({ repo }: Workspace, timeline: string): string[] =>
  globSync(`archive/shop/*/${timeline}*/*`, { cwd: repo })
    .map((name) => /\/([0-9A-F]{24})-[0-9a-f]{40}$/.exec(name)?.[1] ?? '')
    .filter((name) => name !== '')
    .toSorted();

const segmentOf = (timeline: string, at: number, harm: Harm, ...words: string[]): (() => Promise<DrillRun>) =>
  failedOver(
    (place) => {
      const name = segmentsOf(place, timeline).at(at) ?? '';
      for (const file of globSync(`archive/shop/*/*/${name}-*`, { cwd: place.repo })) harm(join(place.repo, file));
    },
    ...words,
  );

trial('T10', segmentOf('00000001', -2, remove));
trial('T11', segmentOf('00000002', -1, zero));
trial(
  'T12',
  failedOver(() => {}, '--target-timeline', '99999999999'),
);
trial(
  'T13',
  failedOver(() => {}, '--target-timeline', 'newest'),
);
trial(
  'T14',
  failedOver(() => {}, '--target-timeline', 'latest', ...ALL_ROWS),
);
