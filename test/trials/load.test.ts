import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, copyFileSync, globSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { Cluster, makeTestDirectory } from '../fixtures/cluster.ts';
import { drill, flipByte, segmentFile, startDrill, workspace, type Workspace } from '../fixtures/drill.ts';
import { HELD, letGo } from '../fixtures/held-check.ts';
import { textOf, until, untilVerifying } from '../fixtures/until.ts';
import { trial } from './trial.ts';

const root = makeTestDirectory('load');
let cluster: Cluster;
/** The archive at some moments of its history. */
let [first, long] = ['', ''];

/** Tables in a database that is copied file by file: each is synchronised to disk, so that this record takes a second or two. */
const TABLES = 1000;

beforeAll(async () => {
  cluster = await Cluster.create({
    root,
    global: [`repo1-path=${root}/repo1`, 'repo1-retention-full=9', 'compress-type=none'],
  });
  await cluster.sql('create table marks (id int primary key)');
  await cluster.sql('create database wide');
  await cluster.sql(
    `do $$ begin for n in 1..${TABLES} loop execute format('create table t%s (id int)', n); end loop; end $$`,
    'wide',
  );
  await cluster.backup('full');
  await cluster.sql('insert into marks values (1)');
  await cluster.archive();
  await cluster.sql('insert into marks values (2)');
  first = await cluster.archive();
  copyTree(join(root, 'repo1'), join(root, 'first'));
  await cluster.sql('create database copied template wide strategy file_copy');
  await cluster.sql('insert into marks values (3)');
  long = await cluster.archive();
});

afterAll(async () => {
  await cluster.stop();
  rmSync(root, { recursive: true, force: true });
});

/** With owners and times. */
function copyTree(from: string, to: string): void {
  execFileSync('cp', ['-a', from, to]);
}

/** A workspace on a copy of the repository, which has no production beside it. */
function copyOf(repository: string): Workspace {
  const place = workspace();
  const repo = join(place.root, 'repo');
  const config = join(place.root, 'pgbackrest.conf');
  copyTree(join(root, repository), repo);
  writeFileSync(config, `[global]\nrepo1-path=${repo}\n[shop]\n`, { mode: 0o644 });
  return { ...place, repo, config };
}

const MARKS = (count: number): string[] => ['--check-sql', `select count(*) = ${count} from marks`];

/** The last segment of the archive when it was copied at first. */
const segmentIn = (place: Workspace): string => segmentFile(place.repo, first);

/** The archive name of a file is its SHA-1: what was damaged before it was archived has the right one. */
function nameAfterContent(file: string): void {
  const sha1 = createHash('sha1').update(readFileSync(file)).digest('hex');
  renameSync(file, file.replace(/-[0-9a-f]{40}$/, `-${sha1}`));
}

trial('B6', async () => {
  const place = copyOf('first');
  // The repository itself changes here, as production's does.
  const run = startDrill({ ...place, repo: join(root, 'first') }, ['--standby', '--check-sql', HELD]);
  await untilVerifying(place);
  // It appears whole, and with a change behind its first records, as somebody would slip it in.
  const slipped = segmentFile(join(root, 'repo1'), long);
  const altered = `${place.root}/altered`;
  copyFileSync(slipped, altered);
  flipByte(altered, statSync(altered).size - 100);
  chownSync(altered, statSync(slipped).uid, statSync(slipped).gid);
  renameSync(altered, join(dirname(segmentIn(place)), basename(slipped)));
  await untilAskedInVain(place, long);
  letGo(place);
  const ended = await run.finished;
  // What was archived since the run began is not given to the copy, so that it need not be compared.
  expect(ended.report?.source.archive?.max).toBe(first);
  const log = readFileSync(join(ended.folder, 'postgresql.log'), 'utf8');
  expect(log).toContain(`restored log file "${first}"`);
  expect(log).not.toContain(`restored log file "${long}"`);
  return ended;
});

/** Waits until the standby has asked for a segment twice more; the second time it asks for what is there now. */
async function untilAskedInVain({ scratch }: Workspace, segment: string): Promise<void> {
  const asks = (): number =>
    globSync('*/feed/**/journal', { cwd: scratch }).flatMap((journal) =>
      textOf(join(scratch, journal))
        .split('\n')
        .filter((line) => line.startsWith(`get ${segment} `)),
    ).length;
  const before = asks();
  await until(`${segment} is asked for`, () => asks() >= before + 2, 50);
}

trial('B7', () => drill(copyOf('repo1'), '--standby', ...MARKS(3)));

/** The first record of a segment begins at byte 40. */
const INSIDE_FIRST_RECORD = 80;

trial('C14', () => {
  const place = copyOf('repo1');
  const file = segmentIn(place);
  flipByte(file, INSIDE_FIRST_RECORD);
  nameAfterContent(file);
  return drill(place, '--standby', ...MARKS(2));
});

trial('C14b', () => {
  const place = copyOf('first');
  const file = segmentIn(place);
  flipByte(file, INSIDE_FIRST_RECORD);
  nameAfterContent(file);
  return drill(place, '--standby', ...MARKS(2));
});
