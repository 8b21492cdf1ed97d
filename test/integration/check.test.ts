import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { checkUpSchema, type CheckUp } from '../../src/check-up/document.ts';
import { newestPostgres } from '../../src/demo/newest-postgres.ts';
import { removeFrom } from '../fixtures/branching.ts';
import { Cluster, makeTestDirectory, must, production } from '../fixtures/cluster.ts';
import { commandLine } from '../fixtures/command-line.ts';
import { flipByte, segmentFile } from '../fixtures/drill.ts';
import { readExposition } from '../fixtures/exposition.ts';
import { fingerprint } from '../fixtures/fingerprint.ts';
import { until } from '../fixtures/until.ts';

/** A production at three moments of its life, with the repositories that it had then. */
type Stage = 'base' | 'failover' | 'upgraded';

const PASSPHRASE = 'seven-of-nine-4711';
const root = makeTestDirectory('check');
let cluster: Cluster;
/** Segments that were archived between the two full backups, and after the second. */
const [between, after]: [string[], string[]] = [[], []];

const save = (stage: Stage): void => {
  for (const repo of ['repo1', 'repo2']) linkTree(join(root, repo), join(root, `${stage}-${repo}`));
};

/** A copy that shares all files: pgBackRest writes into none that is there, and what a test damages it makes its own first. */
function linkTree(from: string, to: string): void {
  execFileSync('cp', ['-al', from, to]);
}

/** A file of a copy that may be changed. */
function owned(path: string): string {
  execFileSync('cp', ['-a', path, `${path}.own`]);
  renameSync(`${path}.own`, path);
  return path;
}

beforeAll(async () => {
  cluster = await Cluster.create({
    root,
    global: [
      `repo1-path=${root}/repo1`,
      'repo1-cipher-type=aes-256-cbc',
      `repo1-cipher-pass=${PASSPHRASE}`,
      `repo2-path=${root}/repo2`,
      'repo1-retention-full=9',
      'repo2-retention-full=9',
      'compress-type=zst',
      'compress-level=1',
    ],
  });
  await cluster.sql('create table marks (id int)');
  await cluster.backup('full', 1);
  await cluster.backup('full', 2);
  for (const id of [1, 2, 3]) between.push(await row(id));
  // Windows are told in whole seconds, as backup sets are.
  await delay(1100);
  await cluster.backup('full', 1);
  for (const id of [4, 5]) after.push(await row(id));
  await cluster.stop();
  save('base');

  await production.writeFile(join(cluster.data, 'recovery.signal'), '', 0o600);
  appendFileSync(join(cluster.data, 'postgresql.auto.conf'), "restore_command = '/bin/false'\n");
  await cluster.start();
  await cluster.untilPromoted();
  await row(6);
  await cluster.stop();
  save('failover');

  rmSync(cluster.data, { recursive: true });
  const { directory } = await newestPostgres(production);
  await must([`${directory}/initdb`, '--pgdata', cluster.data, '--username=postgres', '--auth=trust', '--no-sync']);
  await cluster.start();
  await must(cluster.pgbackrest('stanza-upgrade'));
  await cluster.archive();
  await cluster.stop();
  save('upgraded');
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

async function row(id: number): Promise<string> {
  await cluster.sql(`insert into marks values (${id})`);
  return cluster.archive();
}

interface Place {
  readonly root: string;
  readonly repo1: string;
  readonly repo2: string;
  readonly config: string;
}

/** Copies of the repositories of a stage, and a configuration of them; `instead` says other things in it. */
function placeAt(stage: Stage, instead: Readonly<Record<string, string>> = {}): Place {
  const place = makeTestDirectory('check-place');
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  const [repo1, repo2] = [join(place, 'repo1'), join(place, 'repo2')];
  linkTree(join(root, `${stage}-repo1`), repo1);
  linkTree(join(root, `${stage}-repo2`), repo2);
  const lines = {
    'repo1-path': repo1,
    'repo1-cipher-type': 'aes-256-cbc',
    'repo1-cipher-pass': PASSPHRASE,
    'repo1-retention-full': '9',
    'repo2-path': repo2,
    'lock-path': join(place, 'lock'),
    ...instead,
  };
  const text = Object.entries(lines).map(([key, value]) => `${key}=${value}`);
  const config = join(place, 'pgbackrest.conf');
  writeFileSync(config, ['[global]', ...text, '[shop]', 'pg1-path=/nowhere', ''].join('\n'), { mode: 0o644 });
  return { root: place, repo1, repo2, config };
}

interface Checked {
  readonly status: number;
  readonly found: CheckUp;
  readonly codes: readonly string[];
}

/** `drill check --json`. */
async function check({ config }: Place, ...options: string[]): Promise<Checked> {
  const words = ['check', '--stanza', 'shop', '--config', config, '--json', ...options];
  // Others look at the same time.
  const own = mkdtempSync(join(root, 'looks-'));
  chmodSync(own, 0o755);
  vi.stubEnv('TMPDIR', own);
  const { status, stdout, stderr } = await commandLine(words).finally(() => vi.unstubAllEnvs());
  expect(stdout + stderr).not.toContain(PASSPHRASE);
  expect(readdirSync(own)).toEqual([]);
  expect(stderr).toBe('');
  const found = checkUpSchema.parse(JSON.parse(stdout));
  return { status, found, codes: found.findings.map(({ code }) => code) };
}

const windowsOf = ({ found }: Checked, repo = 1) => {
  const branches = found.repositories.find(({ key }) => key === repo)?.branches ?? [];
  return branches.find(({ isWanted }) => isWanted);
};

test('two repositories in which all promises are kept; nothing in them is touched', async () => {
  const place = placeAt('base');
  const before = fingerprint(place.root);
  const promised = ['--backup-age', '26h', '--rpo', '1h', '--recoverable', '1s', '--retention-full', '1', '--verify'];
  const checked = await check(place, ...promised);
  expect(fingerprint(place.root)).toEqual(before);
  expect(checked).toMatchObject({ status: 0, codes: [], found: { level: 'ok' } });
  expect(checked.found.repositories).toMatchObject([
    {
      cipher: 'aes-256-cbc',
      lookedAt: true,
      backups: { count: 2, diff: null },
      archive: { newest: after[1] },
      rpo: { met: true },
      recoverable: { met: true },
      behind: null,
      verified: { status: 'ok', isWhole: true },
    },
    { cipher: 'none', backups: { count: 1 }, verified: { isWhole: true } },
  ]);
  expect(windowsOf(checked)).toMatchObject({ timeline: 1, windows: [{ sets: 2, lastSegment: after[1] }], holes: [] });
});

describe('finds', () => {
  test('an old backup, a stalled archive, and too short a memory', async () => {
    const promised = ['--backup-age', '1s', '--rpo', '1s', '--recoverable', '28d', '--retention-full', '3'];
    const checked = await check(placeAt('base'), '--repo', '1', ...promised);
    expect(checked).toMatchObject({
      status: 1,
      codes: ['backup-too-old', 'rpo-missed', 'recoverable-short', 'retention-short'],
    });
  });

  test('WAL that is missing in the middle', async () => {
    const place = placeAt('base');
    removeFrom(place.repo1, `archive/shop/15-1/*/${between[1] ?? ''}-*`);
    const checked = await check(place, '--repo', '1');
    expect(checked).toMatchObject({ status: 1, codes: ['wal-missing'] });
    expect(windowsOf(checked)).toMatchObject({
      windows: [{ lastSegment: between[0] }, { lastSegment: after[1] }],
      holes: [{ cause: 'missing', firstMissing: between[1], missingCount: 1 }],
    });
    const shown = await commandLine(['windows', '--stanza', 'shop', '--config', place.config, '--repo', '1']);
    expect(shown.status).toBe(0);
    expect(shown.stdout).toMatch(new RegExp(`✗ .*: WAL segment ${between[1] ?? ''} is not in the archive`));
  });

  test('WAL that is missing after the last backup, once it cannot be on its way any more', async () => {
    const place = placeAt('base');
    removeFrom(place.repo1, `archive/shop/15-1/*/${after[0] ?? ''}-*`);
    expect(await check(place, '--repo', '1')).toMatchObject({ status: 0, codes: ['wal-late'] });
    const old = new Date(Date.now() - 600_000);
    utimesSync(owned(segmentFile(place.repo1, after[1] ?? '')), old, old);
    expect(await check(place, '--repo', '1')).toMatchObject({ status: 1, codes: ['wal-missing'] });
  });

  test('a stanza that is not there', async () => {
    const place = placeAt('base');
    removeFrom(place.repo1, '{backup,archive}/shop');
    const checked = await check(place, '--repo', '1', '--rpo', '5m');
    expect(checked).toMatchObject({ status: 1, codes: ['stanza-not-found'] });
    expect(checked.found.repositories).toMatchObject([{ lookedAt: false, rpo: { measuredMs: null, met: null } }]);
  });

  test('a wrong passphrase, beside a repository that opens', async () => {
    const checked = await check(placeAt('base', { 'repo1-cipher-pass': 'another-one' }));
    expect(checked).toMatchObject({ status: 1, codes: ['cipher-passphrase-wrong'] });
    expect(checked.found.repositories.map(({ lookedAt }) => lookedAt)).toEqual([false, true]);
  });

  test('a repository that cannot be read from here: not known, and nothing is claimed', async () => {
    const place = placeAt('base', { 'repo1-host': '127.0.0.1', 'repo1-host-port': '1' });
    const checked = await check(place, '--repo', '1');
    expect(checked).toMatchObject({ status: 3, codes: ['repo-unreadable'], found: { level: 'unknown' } });
  });

  test('a damaged file of a backup, with --verify alone', async () => {
    const place = placeAt('base');
    flipByte(
      owned(join(place.repo2, globSync('backup/shop/*F/pg_data/base/5/1259.zst', { cwd: place.repo2 })[0] ?? '')),
    );
    expect(await check(place, '--repo', '2')).toMatchObject({ status: 0, codes: [] });
    const checked = await check(place, '--repo', '2', '--verify');
    expect(checked).toMatchObject({ status: 1, codes: ['verify-failed'] });
    expect(checked.found.findings[0]?.message).toMatch(/backup \d{8}-\d{6}F: checksum invalid: 1$/);
  });

  test('a backup set that was taken away', async () => {
    const place = placeAt('base');
    const [first = '', second = ''] = globSync('*F', { cwd: join(place.repo1, 'backup/shop') }).toSorted();
    removeFrom(place.repo1, `backup/shop/${second}`);
    const checked = await check(place, '--repo', '1');
    expect(checked).toMatchObject({ status: 1, codes: ['backup-file-missing'] });
    expect(windowsOf(checked)?.windows).toMatchObject([{ fromSet: first, sets: 1 }]);
  });

  test('a repository that WAL no longer comes to', async () => {
    const place = placeAt('base');
    for (const segment of after) removeFrom(place.repo2, `archive/shop/15-1/*/${segment}-*`);
    const checked = await check(place, '--rpo', '1s');
    expect(checked.codes).toContain('repo-behind');
    expect(checked.found.findings.find(({ code }) => code === 'repo-behind')?.repo).toBe(2);
    expect(checked.found.repositories[1]?.behind).toMatchObject({ leader: 1, segments: 2 });
  });

  test('WAL that was expired between the backups', async () => {
    const place = placeAt('base', { 'repo1-retention-archive': '1', 'repo1-retention-archive-type': 'full' });
    await must([
      'pgbackrest',
      `--config=${place.config}`,
      '--stanza=shop',
      '--repo=1',
      '--log-level-console=off',
      `--log-path=${place.root}`,
      'expire',
    ]);
    const checked = await check(place, '--repo', '1', '--recoverable', '1h');
    expect(checked).toMatchObject({ status: 1, codes: ['recoverable-short', 'wal-expired'] });
    expect(windowsOf(checked)).toMatchObject({ windows: [{ sets: 1 }, { sets: 1 }], holes: [{ cause: 'expired' }] });
  });

  test('a stanza that was upgraded, and not backed up since', async () => {
    const checked = await check(placeAt('upgraded'), '--repo', '1');
    expect(checked).toMatchObject({ status: 1, codes: ['cluster-not-backed-up'] });
  });
});

test('a failover is no hole: windows go on along the new timeline', async () => {
  const checked = await check(placeAt('failover'), '--recoverable', '1s');
  expect(checked).toMatchObject({ status: 0, codes: [] });
  expect(windowsOf(checked)).toMatchObject({ timeline: 2, windows: [{ sets: 2 }], holes: [] });
});

test('without the history file of the new timeline production may be elsewhere', async () => {
  const place = placeAt('failover');
  removeFrom(place.repo1, 'archive/shop/15-1/00000002.history');
  expect(await check(place, '--repo', '1')).toMatchObject({ status: 1, codes: ['wal-missing'] });
});

test('for Nagios: its exit statuses, a status line, figures, and a line for each finding', async () => {
  const place = placeAt('base');
  const nagios = (...options: string[]) => commandLine(['check', '--config', place.config, '--nagios', ...options]);
  const good = await nagios('--stanza', 'shop', '--backup-age', '26h');
  expect(good).toMatchObject({ status: 0, stderr: '' });
  expect(good.stdout).toMatch(
    /^PGDRILL OK - shop: .* \| 'repo1_backup_age'=\d+s;;93600;0 .*'repo2_wal_segments'=\d+;;;0\n$/,
  );
  const bad = await nagios('--stanza', 'shop', '--rpo', '1s', '--repo', '1');
  expect(bad.status).toBe(2);
  expect(bad.stdout).toMatch(/^PGDRILL CRITICAL - shop, repository 1: rpo-missed: [^|]+ \| [^|]+\n\[CRITICAL\] .*\n$/);
  const wrong = await nagios('--stanza', 'nope');
  expect(wrong).toMatchObject({
    status: 3,
    stdout: expect.stringMatching(/^PGDRILL UNKNOWN - stanza-not-configured: /) as string,
  });
});

test('for Prometheus: a file of what was measured, and the same exit status', async () => {
  const place = placeAt('base');
  const textfile = join(place.root, 'pgdrill-check.prom');
  const checked = await check(place, '--repo', '1', '--backup-age', '26h', '--rpo', '1s', '--textfile', textfile);
  expect(checked).toMatchObject({ status: 1, codes: ['rpo-missed'] });
  const read = readExposition(readFileSync(textfile, 'utf8'));
  const valueOf = (metric: string): number[] => read.filter(({ name }) => name === metric).map(({ value }) => value);
  const [repository] = checked.found.repositories;
  expect(valueOf('pgdrill_backup_age_seconds')).toEqual([(repository?.backupAge.measuredMs ?? -1) / 1000]);
  expect(valueOf('pgdrill_wal_age_seconds')).toEqual([(repository?.rpo.measuredMs ?? -1) / 1000]);
  expect(valueOf('pgdrill_backup_sets')).toEqual([2]);
  const findings = read.filter(({ name }) => name === 'pgdrill_check_findings');
  expect(findings.map(({ labels: { code } }) => code)).toEqual(['rpo-missed']);

  const plans = ['a', 'b'].map((name) => join(place.root, `${name}.yaml`));
  const plan = { name: 'same', source: { stanza: 'shop', config: place.config, repo: 1 } };
  for (const file of plans) writeFileSync(file, JSON.stringify(plan));
  const twice = await commandLine(['check', '--textfile', textfile, ...plans]);
  expect(twice).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('the drill is named same, as that of') as string,
  });
});

test('for people: the verdict, what is wrong, and a bar for each repository', async () => {
  const place = placeAt('base');
  const shown = await commandLine(['check', '--stanza', 'shop', '--config', place.config, '--rpo', '1s']);
  expect(shown.status).toBe(1);
  expect(shown.stdout).toMatch(/^CRITICAL shop: 2 critical; .*\n {2}✗ repository 1: rpo-missed: /);
  expect(shown.stdout.match(/^ {2}█+[█░▓]*$/gm)).toHaveLength(2);
});

test('a plan says what is promised, and of which repositories', async () => {
  const place = placeAt('base');
  const plan = join(place.root, 'shop.yaml');
  const source = { stanza: 'shop', config: place.config, repo: [1, 2] };
  const promised = { objectives: { backupAge: '26h', recoverable: '9d' }, retention: { full: 2 } };
  writeFileSync(plan, JSON.stringify({ name: 'shop', source, ...promised }));
  const { status, stdout } = await commandLine(['check', plan, '--json']);
  expect(status).toBe(1);
  const found = checkUpSchema.parse(JSON.parse(stdout));
  expect(found.findings.map(({ code, repo }) => `${repo ?? '-'} ${code}`)).toEqual([
    '1 recoverable-short',
    '2 recoverable-short',
    '2 retention-short',
  ]);
});

test('a backup that does not get on holds its lock; nobody takes it to find out', async () => {
  await cluster.start();
  onTestFinished(() => cluster.stop());
  await cluster.sql("alter system set archive_command = '/bin/false pgbackrest'");
  await cluster.sql('select pg_reload_conf()');
  const argv = cluster.pgbackrest('--type=full', '--repo=2', 'backup');
  const backup = await production.start(argv, { logPath: join(root, 'log/backup'), role: 'pgbackrest' });
  const place = { ...placeAt('base'), config: cluster.config };
  const locksOf = async (): Promise<Checked> => check(place, '--repo', '2', '--backup-age', '1s');
  await until('the backup has its lock', async () => (await locksOf()).codes.includes('lock-held-long'), 20);
  expect((await locksOf()).found.locks).toEqual([
    {
      path: join(root, 'lock/shop-backup.lock'),
      pid: expect.any(Number) as number,
      heldMs: expect.any(Number) as number,
    },
  ]);
  backup.kill('SIGINT');
  await backup.exited;
  expect((await locksOf()).found.locks).toEqual([]);
});
