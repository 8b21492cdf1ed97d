import {
  copyFileSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { Cluster, makeTestDirectory, SMALL_SEGMENTS } from '../fixtures/cluster.ts';
import { drill, segmentFile, type DrillRun } from '../fixtures/drill.ts';
import { archiveAs, cutInHalf, empty, forbid, harmAll, remove, scramble, zero, type Harm } from '../fixtures/harm.ts';
import { ALL_THERE, makePrepared, placeOf, segmentsIn, type Prepared } from '../fixtures/prepared.ts';
import { trial } from '../trials/trial.ts';

let prepared: Prepared;

beforeAll(async () => {
  prepared = await makePrepared();
});
afterAll(() => rmSync(prepared.root, { recursive: true, force: true }));

/** Drills a copy of the repository after harm to one segment. */
function segment(which: () => string | undefined, harm: Harm, ...words: string[]): () => Promise<DrillRun> {
  return () => {
    const place = placeOf(prepared);
    harm(segmentFile(place.repo, which() ?? ''));
    return drill(place, ...words);
  };
}

const own = (at: number) => () => prepared.ownWal.at(at);
const behind = (at: number) => () => prepared.tail.at(at);

trial('W1', segment(own(0), remove));
trial('W2', segment(own(1), remove));
trial('W3', segment(own(-1), remove));
trial('W4', segment(own(-1), remove, '--target-immediate'));
trial('W5', segment(behind(0), remove));
trial('W6', segment(behind(0), remove, '--target-immediate'));

trial('W7', () => {
  const place = placeOf(prepared, { inSight: true });
  for (const name of segmentsIn(place.repo))
    if (name > (prepared.ownWal.at(-1) ?? '')) remove(segmentFile(place.repo, name));
  return drill(place);
});

trial('W8', () => {
  const place = placeOf(prepared);
  harmAll(place.repo, 'archive/shop/*/*', remove);
  return drill(place);
});

trial('W9', segment(behind(1), cutInHalf));
trial('W10', segment(behind(1), empty));
trial('W11', segment(behind(1), scramble));
trial('W12', segment(behind(-1), zero));

/** In a segment of 1 MB that was switched away from early, records lie on the first pages. */
const pageOfZeros: Harm = (file) => archiveAs(file, (content) => content.fill(0, 0, 8192));
trial('W13', segment(behind(1), pageOfZeros));
trial('W14', segment(behind(-1), pageOfZeros));
trial(
  'W15',
  segment(behind(-1), (file) => archiveAs(file, (content) => content.fill(0x55, 120, 160))),
);
trial('W16', () => {
  const place = placeOf(prepared);
  const old = readFileSync(segmentFile(place.repo, prepared.ownWal[1] ?? ''));
  archiveAs(segmentFile(place.repo, prepared.tail.at(-1) ?? ''), () => old);
  return drill(place);
});

trial('W17', async () => {
  const root = makeTestDirectory('other');
  const other = await Cluster.create({
    root,
    initdb: SMALL_SEGMENTS,
    global: [`repo1-path=${root}/repo1`, 'compress-type=none'],
  });
  const foreign = await other.archive();
  await other.stop();
  const place = placeOf(prepared);
  const content = readFileSync(segmentFile(join(root, 'repo1'), foreign));
  archiveAs(segmentFile(place.repo, prepared.tail[1] ?? ''), () => content);
  rmSync(root, { recursive: true });
  return drill(place);
});

const otherHash = (file: string): string => join(dirname(file), `${basename(file).slice(0, 24)}-${'ab'.repeat(20)}`);

trial(
  'W18',
  segment(behind(1), (file) => renameSync(file, otherHash(file))),
);
trial(
  'W19',
  segment(behind(1), (file) => renameSync(file, `${file}.bak`)),
);
trial(
  'W20',
  segment(behind(1), (file) => {
    const elsewhere = join(dirname(dirname(file)), '0000000100000077');
    mkdirSync(elsewhere, { mode: 0o755 });
    renameSync(file, join(elsewhere, basename(file)));
  }),
);
trial(
  'W21',
  segment(behind(1), (file) => copyFileSync(file, `${file}.gz`)),
);
trial(
  'W22',
  segment(behind(1), (file) => copyFileSync(file, otherHash(file))),
);
trial(
  'W23',
  segment(behind(-1), (file) => {
    const far = basename(file).replace(/^(.{22})../, '$1EE');
    copyFileSync(file, join(dirname(file), far));
  }),
);
trial('W24', () => {
  const place = placeOf(prepared);
  const [directory = ''] = globSync('archive/shop/*/*/', { cwd: place.repo });
  for (const where of ['archive', 'archive/shop', dirname(directory), directory])
    writeFileSync(join(place.repo, where, 'README.txt'), 'of somebody else');
  return drill(place, ...ALL_THERE);
});
trial('W25', segment(behind(1), forbid));
trial(
  'W26',
  segment(behind(1), (file) => forbid(dirname(file))),
);
trial(
  'W27',
  segment(behind(1), (file) => {
    rmSync(file);
    symlinkSync('/no/such/file', file);
  }),
);
trial(
  'W28',
  segment(behind(1), (file) => {
    rmSync(file);
    mkdirSync(file);
  }),
);
trial(
  'W29',
  segment(behind(0), (file) => copyFileSync(file, `${file.slice(0, -41)}.partial${file.slice(-41)}`), ...ALL_THERE),
);
