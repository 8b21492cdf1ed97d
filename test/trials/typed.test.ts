import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject } from 'vitest';
import { production } from '../fixtures/cluster.ts';
import { provenCopy, sampleReport } from '../fixtures/sample-report.ts';
import { command, damagedWorkspace, drill, leftovers, startDrill, workspace, writePlan } from '../fixtures/drill.ts';
import { until } from '../fixtures/until.ts';
import { claim, trial } from './trial.ts';

const planned = (plan: Readonly<Record<string, unknown>>): Promise<Awaited<ReturnType<typeof drill>>> => {
  const place = workspace();
  return drill(place, writePlan(place, 'typed', plan));
};

/** Every file below a directory, as one text. */
const allOf = (directory: string): string =>
  globSync('**', { cwd: directory })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');

claim('A7d', async () => {
  const place = workspace();
  const secrets = {
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI',
    SSHPASS: 'xyzzy',
    DATABASE_URL: 'postgres://me:swordfish@db/x',
  };
  const words = ['wJalrXUtnFEMI', 'xyzzy', 'swordfish'];
  const sql = `select '${words.join(' ')}' = 'x'`;
  const run = await startDrill(place, ['--check-sql', sql, '--log-level', 'debug'], secrets).finished;
  expect(run.report?.reasons.map(({ code }) => code)).toContain('check-failed');
  const written = `${allOf(place.reports)}\n${run.stdout}\n${run.stderr}`;
  expect(written).toContain('[redacted]');
  expect(words.filter((word) => written.includes(word))).toEqual([]);
});

claim('D8', async () => {
  const place = workspace();
  const plan = writePlan(place, 'edited', {});
  const text = readFileSync(plan);
  const started = startDrill(place, [plan]);
  await until('the run has a folder', () => globSync('reports/*/*', { cwd: place.root }).length > 0);
  writeFileSync(plan, 'name: another\n');
  const { report } = await started.finished;
  expect(report?.trigger.planSha256).toBe(createHash('sha256').update(text).digest('hex'));
});

trial('D12', () => planned({ target: { tme: 'x' } }));
trial('D12b', () => planned({ checks: [{ sql: 1 }] }));

trial('I1', () => drill(workspace(), '--backup', 'lastest'));
trial('I1b', () => drill(workspace(), '--backup', '20010101-000000F'));
trial('I1c', () => drill(workspace(), '--target-time', '2001-01-01 00:00:00+00'));
trial('I1d', () => planned({ target: { time: '-30d' } }));
trial('I1e', () => planned({ sandbox: { settings: { work_men: '64MB', 'my.own': 'x' } } }));
trial('I1f', () => planned({ sandbox: { settings: { shared_buffers: '4 gigabytes' } } }));

claim('I2', async () => {
  const place = workspace();
  const plan = join(place.root, 'scheduled.yaml');
  const write = (schedule: string, notify = '[]'): void =>
    writeFileSync(plan, `name: a\nsource: { stanza: shop }\nschedule: ${schedule}\nnotify: ${notify}\n`);
  write('{ cron: 0 25 1 * *, timezone: Europe/Munich }', '[x]');
  const refused = await command(place, ['validate', plan]);
  expect(refused.status).toBe(2);
  for (const words of [
    /scheduled\.yaml:3:13: schedule\.cron: the hour is 0 to 23, not "25"/,
    /scheduled\.yaml:3:\d+: schedule\.timezone: "Europe\/Munich" is no time zone .* the nearest name is Europe\/Zurich/,
    /scheduled\.yaml:4:\d+: notify\[0\]: has to be one channel of email, healthchecks,/,
  ])
    expect(refused.stderr).toMatch(words);
  write('montly');
  expect((await command(place, ['validate', plan])).stderr).toContain('did you mean monthly?');
  write('{ every: 2w }');
  expect((await command(place, ['validate', plan])).stdout).toContain(
    "due every 2 weeks, on Monday, at 03:00, the machine's time",
  );
  write('{ cron: 0 3 1 * *, timezone: Europe/Berlin }');
  expect((await command(place, ['validate', plan])).stdout).toContain(
    'due at 03:00 on day 1 of the month, time of Europe/Berlin',
  );
});

claim('I3', async () => {
  const place = workspace();
  const report = sampleReport({ drill: 'main', copies: [provenCopy()] });
  mkdirSync(join(place.reports, 'main', report.runId), { recursive: true });
  writeFileSync(join(place.reports, 'main', report.runId, 'report.json'), JSON.stringify(report));
  const reports = ['--reports', place.reports];
  await command(place, ['evidence', 'adopt', ...reports]);
  for (const words of [['history'], ['report', 'latest']]) {
    const mian = await command(place, [...words, ...reports, '--drill', 'mian']);
    expect(mian).toMatchObject({ status: 2, stdout: '' });
    expect(mian.stderr).toMatch(/no drill "mian" has a run in .*; did you mean main\?/);
    expect(await command(place, [...words, '--reports', '/nope'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('there is no directory /nope') as string,
    });
    expect((await command(place, [...words, ...reports, '--drill', 'main'])).status).toBe(0);
  }
});

claim('I5', async () => {
  const place = damagedWorkspace();
  rmSync(join(place.repo, 'backup'), { recursive: true });
  rmSync(join(place.repo, 'archive'), { recursive: true });
  mkdirSync(join(place.repo, 'archive'));
  const { report } = await drill(place);
  expect(report?.verdict).toBe('failed');
  const said = report?.doesNotProve.join('\n') ?? '';
  expect(said).toMatch(/^Nothing was restored: this run shows nothing about the data/);
  expect(said).not.toMatch(/was restored and replayed|times are those/);
});

claim('I7', async () => {
  const place = workspace();
  const argv = ['run', '--stanza', 'shop', '--config', place.config, '--scratch', place.scratch];
  const words = 'no data was checked, no objective was stated';
  const run = await command(place, [...argv, '--reports', place.reports]);
  expect(run.status).toBe(0);
  expect(run.stdout.split('\n').slice(0, 4).join(' ')).toContain(words);
  for (const format of ['md', 'html']) {
    const { stdout } = await command(place, ['report', 'latest', '--reports', place.reports, '--format', format]);
    expect(stdout.slice(0, format === 'md' ? 1500 : undefined)).toContain(words);
  }
});

claim('I8', async () => {
  const place = damagedWorkspace();
  const doctor = async (...words: string[]): Promise<string> => {
    const { stdout } = await command(place, ['doctor', '--config', place.config, '--scratch', place.scratch, ...words]);
    return stdout.slice(0, stdout.indexOf('docker sandbox'));
  };
  // The copy of the configuration has lost its production, and with it all that made [shop] a section of it.
  writeFileSync(place.config, `${readFileSync(place.config, 'utf8')}\n[shop]\npg1-path=${place.root}/production\n`);
  const good = await doctor();
  expect(good).toMatch(/^local sandbox: ready\n/);
  expect(good).toMatch(/✓ backups of shop +repository 1 was read: 2 backups, the newest \S+I is .* old/);
  const text = readFileSync(place.config, 'utf8');
  writeFileSync(place.config, text.replace(/\[shop\][^]*/, ''));
  const without = await doctor();
  expect(without).toMatch(/^local sandbox: lacks 1 of/);
  expect(without).toContain('drill doctor --stanza main');
  expect(await doctor('--stanza', 'shop')).toMatch(/^local sandbox: ready\n[^]*repository 1 was read/);
  writeFileSync(place.config, text.replaceAll(place.repo, `${place.repo}-nowhere`));
  expect(await doctor()).toMatch(/^local sandbox: lacks 1 of[^]*✗ backups of shop/);
});

claim('I10', async () => {
  const place = damagedWorkspace();
  chmodSync(place.config, 0o000);
  const program = inject('program');
  // As the user of the drill, since root may read everything.
  const { exitCode, stderr } = await production.run([process.execPath, program, 'init', '--config', place.config]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('cannot be read: this user may not read it');
  expect(stderr).toContain('code: config-not-readable');
});

claim('I10h', async () => {
  const place = workspace();
  const { repo1 } = inject('golden');
  const inRepository = join(repo1, 'scratch');
  expect((await drill({ ...place, scratch: inRepository })).status).toBe(2);
  expect(existsSync(inRepository)).toBe(false);
  const empty = join(place.root, 'empty');
  mkdirSync(empty);
  expect((await drill({ ...place, scratch: empty }, '--backup', '20010101-000000F')).status).toBe(2);
  expect(readdirSync(empty)).toEqual([]);
  expect((await drill({ ...place, scratch: join(place.root, 'new/one') }, '--backup', '20010101-000000F')).status).toBe(
    2,
  );
  expect(existsSync(join(place.root, 'new'))).toBe(false);
});

claim('I10c', async () => {
  const place = workspace();
  const kept = await drill(place, '--keep');
  expect(kept.status).toBe(0);
  const sweep = (...words: string[]): ReturnType<typeof command> =>
    command(place, ['sweep', '--sandbox', 'local', '--scratch', place.scratch, ...words]);
  expect((await sweep('--dry-run')).stdout).toMatch(/left alone .*: its instance was kept; end it with: drill sweep/);
  expect((await sweep('--kept')).status).toBe(0);
  expect(leftovers(place)).toEqual([]);
});

claim('I10d', async () => {
  const place = workspace();
  const plan = writePlan(place, 'two', { source: { stanza: 'shop', repo: [1, 2] } });
  const places = ['--config', place.config, '--reports', place.reports, '--scratch', place.scratch];
  const { status, stdout } = await command(place, ['run', plan, ...places, '--json']);
  expect(status).toBe(0);
  const reports = stdout.trim().split('\n');
  expect(reports.map((line) => (JSON.parse(line) as { source: { repo: { key: number } } }).source.repo.key)).toEqual([
    1, 2,
  ]);
});

trial('I10e', async () => {
  const place = workspace();
  const directory = mkdtempSync(join(tmpdir(), 'pgdrill-plans-'));
  const plan = join(directory, 'far.yaml');
  const checks = [{ name: 'every row can be read', command: ['sh', '-c', 'pwd; pg_dumpall >/dev/null'] }];
  writeFileSync(plan, JSON.stringify({ name: `far-${process.pid}`, source: { stanza: 'shop' }, checks }));
  const run = await drill(place, plan);
  rmSync(directory, { recursive: true });
  expect(run.report?.checks.find(({ kind }) => kind === 'command')?.observed).toBe(`exit status 0: ${directory}`);
  return run;
});
