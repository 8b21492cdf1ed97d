import { appendFileSync, copyFileSync, globSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { AT_ONCE, Cluster, makeTestDirectory } from '../fixtures/cluster.ts';
import { copyTree } from '../fixtures/copy-tree.ts';
import { damagedWorkspace, drill, flipByte, type DrillRun, type Workspace } from '../fixtures/drill.ts';
import { cutInHalf, empty, forbid, harmAll, overwrite, remove, scramble, zero, type Harm } from '../fixtures/harm.ts';
import { ALL_THERE, makePrepared, placeOf, type Prepared, type PreparedPlace } from '../fixtures/prepared.ts';
import { trial } from '../trials/trial.ts';

let prepared: Prepared;

beforeAll(async () => {
  prepared = await makePrepared();
});
afterAll(() => rmSync(prepared.root, { recursive: true, force: true }));

type Words = readonly string[] | (() => readonly string[]);

/** Drills a copy of repository 1 to which something was done. */
function harmed(harm: (place: PreparedPlace) => void, words: Words = [], repos: readonly number[] = [1]) {
  return (): Promise<DrillRun> => {
    const place = placeOf(prepared, { repos });
    harm(place);
    return drill(place, ...(typeof words === 'function' ? words() : words));
  };
}

const INFO = 'backup/shop/backup.info*';
const ARCHIVE_INFO = 'archive/shop/archive.info*';

const each = (pattern: string | (() => string), harm: Harm, words: Words = []): (() => Promise<DrillRun>) =>
  harmed(({ repo }) => harmAll(repo, typeof pattern === 'string' ? pattern : pattern(), harm), words);

const newestManifest = (ending = '*'): string => `backup/shop/${prepared.sets.incr}/backup.manifest${ending}`;
const fullBundle = (): string => `backup/shop/${prepared.sets.full}/bundle/1`;

trial('R1', each('backup/shop/backup.info', cutInHalf, ALL_THERE));
trial('R2', each('backup/shop/backup.info', remove, ALL_THERE));
trial('R3', each(INFO, cutInHalf));
trial('R4', each(INFO, empty));
trial('R5', each(INFO, scramble));
trial(
  'R6',
  each(INFO, (file) => overwrite(file, (text) => Buffer.from(String(text).replace(/("backup-info-size":)\d/, '$19')))),
);
trial('R8', each('archive/shop/archive.info', scramble, ALL_THERE));
trial('R9', each(ARCHIVE_INFO, empty));
trial('R10', each(ARCHIVE_INFO, scramble));
trial(
  'R11',
  each(() => newestManifest(''), cutInHalf, ALL_THERE),
);
trial(
  'R12',
  each(() => newestManifest(), remove),
);
trial(
  'R13',
  each(() => newestManifest(), cutInHalf),
);
trial(
  'R14',
  each(() => newestManifest(), empty),
);
trial(
  'R16',
  each(() => `backup/shop/${prepared.sets.full}/backup.manifest*`, remove, ALL_THERE),
);
trial(
  'R17',
  each(() => `backup/shop/${prepared.sets.full}`, remove),
);
trial(
  'R18',
  each(() => `backup/shop/${prepared.sets.diff}`, remove),
);
trial('R19', each(fullBundle, remove));
trial('R20', each(fullBundle, empty));
trial('R21', each(fullBundle, scramble));
trial(
  'R22',
  each(fullBundle, (file) => flipByte(file)),
);
trial('R23', each(fullBundle, forbid));

/** The files of a set that lie outside of bundles; the manifest does not count. */
const largeFiles = (set: 'full' | 'diff'): string => `backup/shop/${prepared.sets[set]}/pg_data/base/*/*`;

trial(
  'R24',
  each(
    () => largeFiles('diff'),
    remove,
    () => ['--backup', prepared.sets.diff],
  ),
);
for (const [id, harm] of [
  ['R25', empty],
  ['R26', cutInHalf],
  ['R27', scramble],
  ['R28', zero],
] as const) {
  trial(
    id,
    each(() => largeFiles('full'), harm),
  );
}
trial(
  'R32',
  each(() => `backup/shop/${prepared.sets.incr}`, forbid),
);
trial('R33', each('archive', forbid));
trial(
  'R34',
  harmed(({ repo }) => {
    rmSync(repo, { recursive: true });
    writeFileSync(repo, 'no directory');
  }),
);
trial(
  'R35',
  harmed(({ repo }) => {
    rmSync(repo, { recursive: true });
    symlinkSync('/no/such/directory', repo);
  }),
);
trial('R36', each('backup', remove));
trial('R37', each('archive', remove));
trial(
  'R38',
  each(INFO, (file) => writeFileSync(file, prepared.infoBefore), ALL_THERE),
);
trial('R39', () => drill(placeOf(prepared, { repos: [2] }), ...ALL_THERE));
trial(
  'R40',
  harmed(({ repo }) => rmSync(repo, { recursive: true }), ALL_THERE, [1, 2]),
);
trial(
  'R41',
  harmed(({ repo }) => harmAll(repo, fullBundle(), scramble), [], [1, 2]),
);

trial('R42', async () => {
  const root = makeTestDirectory('other');
  const other = await Cluster.create({ root, global: [`repo1-path=${root}/repo1`, 'compress-type=none'] });
  await other.archive();
  await other.stop();
  const run = await harmed(({ repo }) => {
    rmSync(join(repo, 'archive'), { recursive: true });
    copyTree(join(root, 'repo1/archive'), join(repo, 'archive'));
  })();
  rmSync(root, { recursive: true });
  return run;
});

trial(
  'R43',
  harmed(({ repo }) => {
    for (const ending of ['', '.copy']) {
      const of = (set: string): string => join(repo, 'backup/shop', set, `backup.manifest${ending}`);
      copyFileSync(of(prepared.sets.full), of(prepared.sets.incr));
    }
  }),
);

/** Drills the golden repository, which is encrypted, compressed and not bundled. */
function encrypted(harm: (place: Workspace, full: string) => void): () => Promise<DrillRun> {
  return () => {
    const place = damagedWorkspace();
    appendFileSync(place.config, `\n[global]\n${AT_ONCE}\n`);
    const [full = ''] = globSync('backup/shop/*F', { cwd: place.repo });
    harm(place, full);
    return drill(place);
  };
}

const ofFull = 'pg_data/base/1/1247.zst';

trial(
  'R7',
  encrypted(({ repo }) => harmAll(repo, INFO, cutInHalf)),
);
trial(
  'R15',
  encrypted(({ repo }) => harmAll(repo, 'backup/shop/*_*I/backup.manifest*', scramble)),
);
trial(
  'R29',
  encrypted(({ repo }, full) => cutInHalf(join(repo, full, ofFull))),
);
trial(
  'R30',
  encrypted(({ repo }, full) => empty(join(repo, full, ofFull))),
);
trial(
  'R31',
  encrypted(({ repo }, full) => {
    const file = join(repo, full, ofFull);
    copyFileSync(join(dirname(file), '1249.zst'), file);
  }),
);
