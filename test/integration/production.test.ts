import {
  appendFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { inject, expect, test } from 'vitest';
import { reportSchema } from '../../src/report/report.ts';
import { processes } from '../../src/sandbox/processes.ts';
import { command, damagedWorkspace, drill, leftovers, startDrill, workspace } from '../fixtures/drill.ts';
import { untouched } from '../fixtures/fingerprint.ts';
import { listenAt } from '../fixtures/listen.ts';

const golden = inject('golden');
const [, , , m4] = golden.marks;

test("production's configuration cannot make the copy act, nor break it", async () => {
  // The golden production's postgresql.conf is poisoned: see test/fixtures/golden.ts.
  const run = await drill(workspace());
  expect(run).toMatchObject({ status: 0, report: { verdict: 'passed' } });
  const settings = new Map(run.report?.sandbox.settings.map((setting) => [setting.name, setting]));
  expect(settings.get('shared_buffers')).toMatchObject({ production: '256MB', drill: '256MB' });
  expect(settings.get('max_wal_size')).toMatchObject({ production: '2GB', drill: '2GB' });
  expect(settings.get('fsync')).toMatchObject({ production: 'off', drill: 'on' });
  const files = [...untouched(golden.data).keys(), ...readdirSync('/tmp')];
  expect(files.filter((name) => /by-a-copy/i.test(name))).toEqual([]);
  const isolation = run.report?.checks.filter(({ kind }) => kind === 'isolation') ?? [];
  expect(isolation.length).toBeGreaterThan(8);
  expect(isolation.every(({ status }) => status === 'passed')).toBe(true);
});

test('a subscription of production does not connect from the copy', async () => {
  let connections = 0;
  const publisher = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await listenAt(publisher, golden.publisherPort, '127.0.0.1');
  const run = await drill(
    workspace(),
    '--check-sql',
    "select subenabled from pg_subscription where subname = 's'",
    '--check-sql',
    'select pg_sleep(1) is not null',
  );
  await new Promise((resolve) => publisher.close(resolve));
  expect(run).toMatchObject({ status: 0, report: { verdict: 'passed' } });
  expect(connections).toBe(0);
});

/** A check by psql that makes the server itself do something. */
const serverDoes = (name: string, sql: string): Record<string, unknown> => ({
  name,
  severity: 'warning',
  command: ['psql', '-X', '-v', 'ON_ERROR_STOP=1', '-c', sql],
});

test('the copy, though it tries, reaches neither the network nor a file outside its directory', async () => {
  let connections = 0;
  const listener = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const place = workspace();
  const plan = join(place.root, 'drill.yaml');
  const checks = [
    serverDoes('reach out', `copy (select 1) to program 'bash -c "exec 3<>/dev/tcp/127.0.0.1/${port}"'`),
    serverDoes('write', `copy (select 1) to '${golden.data}/WRITTEN-BY-A-COPY'`),
  ];
  writeFileSync(plan, JSON.stringify({ name: 'fence', source: { stanza: 'shop' }, checks }));
  const run = await drill(place, plan);
  await new Promise((resolve) => listener.close(resolve));
  expect(run.report?.sandbox.isolation).toMatchObject({ readOnlyFileSystem: true, noNetwork: true });
  const observed = (name: string): string => run.report?.checks.find((check) => check.name === name)?.observed ?? '';
  expect(observed('reach out')).toMatch(/exit status 1.*(Connection refused|Network is unreachable|child process)/);
  expect(observed('write')).toContain('No such file or directory');
  expect(run.report?.verdict).toBe('passed');
  expect(connections).toBe(0);
});

test('a local time without zone is read in the zone of the user, and sent in UTC', async () => {
  const local = new Date(Date.parse(`${m4?.after.replace(' ', 'T') ?? ''}:00`)).toLocaleString('sv-SE', {
    timeZone: 'America/New_York',
  });
  const fraction = /\.\d+/.exec(m4?.after ?? '')?.[0] ?? '';
  const check = ['--check-sql', 'select max(id) = 4 from marks'];
  const run = await startDrill(workspace(), ['--target-time', `${local}${fraction}`, ...check], {
    TZ: 'America/New_York',
  }).finished;
  expect(run).toMatchObject({ status: 0, report: { verdict: 'passed', target: { asTyped: `${local}${fraction}` } } });
  expect(run.report?.target.value).toMatch(/Z$/);
  const restore = run.report?.commands.find(({ argv }) => argv.includes('restore'));
  expect(restore?.argv.find((word) => word.startsWith('--target='))).toMatch(/\+00$/);
});

test('an idle production gets an upper bound, and an objective that it cannot prove is not met', async () => {
  const run = await drill(workspace(), '--rpo', '1ms');
  expect(run).toMatchObject({
    status: 1,
    report: { verdict: 'failed', rpo: { upperBound: true, method: 'last-replayed-commit', met: false } },
  });
  expect(run.report?.reasons.map(({ code }) => code)).toEqual(['rpo-missed']);
  expect(run.report?.rpo.archiveAgeMs).toBeGreaterThan(0);
});

test('an RTO objective that was not met fails the drill', async () => {
  const run = await drill(workspace(), '--rto', '1ms');
  expect(run).toMatchObject({ status: 1, report: { verdict: 'failed', rto: { met: false } } });
  expect(run.report?.reasons.map(({ code }) => code)).toEqual(['rto-missed']);
});

test('--reuse restores the delta onto the kept data and says so', async () => {
  const place = workspace();
  const first = await drill(place, '--reuse');
  expect(first.report?.restore).toMatchObject({ start: 'empty', bytesReused: 0 });
  expect(leftovers(place)).toEqual(['kept-shop']);
  const second = await drill(
    place,
    '--reuse',
    '--target-time',
    m4?.after ?? '',
    '--check-sql',
    'select max(id) = 4 from marks',
  );
  expect(second).toMatchObject({ status: 0, report: { verdict: 'passed', restore: { start: 'delta' } } });
  expect(second.report?.restore?.bytesReused).toBeGreaterThan(10_000_000);
  expect(second.report?.restore?.bytesFetched).toBeLessThan(second.report?.restore?.bytesTotal ?? 0);
  expect(second.report?.doesNotProve.some((line) => line.includes('delta'))).toBe(true);
  const swept = await command(place, ['sweep', '--scratch', place.scratch, '--kept']);
  expect(swept.status).toBe(0);
  expect(leftovers(place)).toEqual([]);
});

test('a list of repositories is drilled one by one, each with a report of its own', async () => {
  const place = workspace();
  const run = await startDrill(place, ['--repo', '1,2']).finished;
  const reports = run.stdout
    .trim()
    .split('\n')
    .map((line) => reportSchema.parse(JSON.parse(line)));
  expect(reports.map(({ verdict, source }) => [verdict, source.repo?.key, source.repo?.cipher])).toEqual([
    ['passed', 1, 'aes-256-cbc'],
    ['passed', 2, 'none'],
  ]);
});

test('no secret is in a report, a log, the output, an error or the process list', async () => {
  const place = damagedWorkspace();
  const secrets = [
    golden.passphrase,
    'AKIA-planted-s3-key',
    'planted+s3/secret=',
    'planted-sas-token',
    'planted-pg-password',
  ];
  const [, key, secret, token, password] = secrets;
  appendFileSync(
    place.config,
    `\n[global]\nrepo2-type=s3\nrepo2-s3-key=${key}\nrepo2-s3-key-secret=${secret}\nrepo2-s3-token=${token}\n`,
  );
  const seen: string[] = [];
  const watch = setInterval(() => {
    const words = processes().flatMap(({ argv }) => argv.join(' '));
    seen.push(...words.filter((line) => secrets.some((item) => line.includes(item))));
  }, 20);
  const check = `select '${golden.passphrase}' = 'x'`;
  const plan = join(place.root, 'secret.yaml');
  writeFileSync(
    plan,
    JSON.stringify({ name: 'secret', source: { stanza: 'shop', repo: 1 }, checks: [{ name: 'asks', sql: check }] }),
  );
  const run = await startDrill(place, [plan, '--log-level', 'debug'], { PGPASSWORD: password ?? '' }).finished;
  clearInterval(watch);
  expect(run.status).toBe(1);
  expect(seen).toEqual([]);
  const files = globSync(['reports/**', 'scratch/**'], { cwd: place.root }).filter((name) =>
    statSync(join(place.root, name)).isFile(),
  );
  expect(files.length).toBeGreaterThan(4);
  const texts = [run.stdout, run.stderr, ...files.map((name) => readFileSync(join(place.root, name), 'latin1'))];
  for (const item of secrets) expect(texts.filter((text) => text.includes(item))).toEqual([]);
  expect(run.stdout).toContain('[redacted]');
});

test('a passphrase that only the environment knows opens the repository', async () => {
  const place = damagedWorkspace();
  const text = readFileSync(place.config, 'utf8').replace(/^repo1-cipher-pass=.*$/m, '');
  writeFileSync(place.config, text, { mode: 0o644 });
  const run = await startDrill(place, [], { PGBACKREST_REPO1_CIPHER_PASS: golden.passphrase }).finished;
  expect(run).toMatchObject({ status: 0, report: { verdict: 'passed' } });
  expect(run.stdout + run.stderr).not.toContain(golden.passphrase);
});

test('archive-async of production is used, and recorded', async () => {
  const place = damagedWorkspace();
  appendFileSync(place.config, '\n[global]\narchive-async=y\n[global:archive-get]\nprocess-max=2\n');
  const run = await drill(place, '--check-sql', 'select max(id) = 6 from marks');
  expect(run.report?.reasons).toEqual([]);
  expect(run).toMatchObject({ status: 0, report: { verdict: 'passed' } });
  const recorded = run.report?.sandbox.settings.find(({ name }) => name === 'archive-async');
  expect(recorded).toMatchObject({ production: 'y', drill: 'y' });
});

test('a superuser who is not there is no obstacle: pgBackRest, or the catalogs of the copy, know another', async () => {
  const place = workspace();
  const plan = join(place.root, 'nobody.yaml');
  writeFileSync(plan, JSON.stringify({ name: 'nobody', source: { stanza: 'shop' }, sandbox: { superuser: 'nobody' } }));
  const run = await drill(place, plan);
  expect(run).toMatchObject({ status: 0, report: { verdict: 'passed' } });
  expect(run.report?.checks).toContainEqual(
    expect.objectContaining({ name: 'every database takes a connection', observed: 'all of them, as "postgres"' }),
  );
});

test.each([
  { name: 'is production', scratch: () => golden.data },
  { name: 'lies in production', scratch: () => join(golden.data, 'base/x') },
  { name: 'holds production', scratch: () => golden.root },
  { name: 'lies in the repository', scratch: () => join(golden.repo1, 'x') },
])('a scratch directory that $name is refused, and nothing is touched', async ({ scratch }) => {
  const before = untouched(golden.root);
  const run = await drill({ ...workspace(), scratch: scratch() });
  expect(run.status).toBe(2);
  expect(run.stderr).toContain('scratch-refused');
  expect(run.stderr).toContain('nothing was touched');
  expect(untouched(golden.root)).toEqual(before);
});

test('a scratch directory that is a link to production, or that is not empty, is refused', async () => {
  const place = workspace();
  const link = join(place.root, 'link');
  symlinkSync(golden.data, link);
  expect(await drill({ ...place, scratch: link })).toMatchObject({ status: 2 });
  const full = join(place.root, 'full');
  mkdirSync(full);
  writeFileSync(join(full, 'precious'), 'data');
  expect(await drill({ ...place, scratch: full })).toMatchObject({ status: 2 });
  expect(readdirSync(full)).toEqual(['precious']);
});

test('a drill works on a repository that nobody may write to', async () => {
  const place = damagedWorkspace();
  const run = await drill(place);
  expect(run).toMatchObject({ status: 0, report: { verdict: 'passed' } });
  expect(existsSync(join(place.repo, 'backup'))).toBe(true);
});
