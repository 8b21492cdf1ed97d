import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openSigner } from '../../../src/evidence/signers/index.ts';
import { commandLine } from '../../fixtures/command-line.ts';
import { makeKeptDirectory, temporaryDirectory } from '../../fixtures/plans.ts';
import { recordRun, runIdOf } from '../../fixtures/signed-reports.ts';

const evidence = (...args: string[]) => commandLine(['evidence', ...args]);
let made = '';

/** A key, three signed runs, and one that is not. */
beforeAll(async () => {
  made = makeKeptDirectory();
  await evidence('keygen', '--output', join(made, 'drills.key'));
  for (let index = 0; index < 3; index += 1) await recordRun(join(made, 'reports'), index, { signer: signerIn(made) });
  return () => rmSync(made, { recursive: true, force: true });
});

function signerIn(directory: string, name = 'drills.key') {
  return openSigner(
    { by: 'file', path: join(directory, name) },
    { env: {}, redactor: { add: () => undefined, text: (text: string) => text } },
  );
}

/** A copy for one test: the reports, the key, and the words of the commands for them. */
function place() {
  const directory = temporaryDirectory();
  cpSync(made, directory, { recursive: true });
  const [reports, key] = [join(directory, 'reports'), join(directory, 'drills.key')];
  return {
    directory,
    reports,
    key,
    verify: (...args: string[]) => evidence('verify', reports, '--key', `${key}.pub`, ...args),
  };
}

describe('keygen', () => {
  test('makes a key that others cannot read, and one that they can', async () => {
    const directory = temporaryDirectory();
    const file = join(directory, 'a.key');
    const { status, stdout } = await evidence('keygen', '--output', file);
    expect(status).toBe(0);
    expect(stdout).toContain(`evidence: { key: "file:${file}" }`);
    expect(stdout).toContain(signerIn(directory, 'a.key').keyId);
    expect([file, `${file}.pub`].map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual(['600', '644']);
    expect(stdout).not.toContain(readFileSync(file, 'utf8').split('\n')[1]);
  });

  test('never writes over a key', async () => {
    const { key } = place();
    const before = readFileSync(key);
    expect(await evidence('keygen', '--output', key)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('is there already') as string,
    });
    expect(readFileSync(key)).toEqual(before);
  });
});

describe('verify', () => {
  test('of reports that nobody changed ends with 0', async () => {
    const { verify } = place();
    const { status, stdout, stderr } = await verify();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe(
      `✓ nothing was changed: 7 lines of the ledger, 3 runs, 3 of them signed\n  key ${signerIn(made).keyId}\n`,
    );
  });

  test('names every problem, and ends with 1', async () => {
    const { reports, verify } = place();
    appendFileSync(join(reports, 'orders', runIdOf(0), 'report.md'), '\u001b[2J');
    writeFileSync(join(reports, 'orders', runIdOf(1), 'a\u001b[31m.txt'), '');
    const { status, stdout } = await verify();
    expect(status).toBe(1);
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      `orders/${runIdOf(0)}/report.md: it was changed: its SHA-256 is not the one of the manifest`,
      `orders/${runIdOf(1)}/a\\u001B[31m.txt: it is not in the manifest`,
      '✗ 2 problems: 7 lines of the ledger, 3 runs, 3 of them signed',
    ]);
  });

  test('takes the reports for no bundle, whatever was put there', async () => {
    const { reports, key } = place();
    const terms = { from: '2020-01-01T00:00:00.000Z', until: '2020-02-01T00:00:00.000Z', drill: null };
    const planted = { bundleVersion: 1, pgdrill: '0.1.0', ...terms, withoutValues: false };
    writeFileSync(join(reports, 'bundle.json'), JSON.stringify(planted));
    appendFileSync(join(reports, 'orders', runIdOf(0), 'report.md'), 'all is well');
    const { status, stdout } = await evidence('verify', '--reports', reports, '--key', `${key}.pub`);
    expect({ status, stdout }).toMatchObject({ status: 1, stdout: expect.stringMatching(/report.md: it was changed/) });
    expect(stdout).not.toContain('bundle');
  });

  test('of a run alone knows that runs before it are signed', async () => {
    const { reports, key } = place();
    await recordRun(reports, 8, { signer: null });
    const { status, stdout } = await evidence('verify', runIdOf(8), '--reports', reports, '--key', `${key}.pub`);
    expect(status).toBe(1);
    expect(stdout).toContain(`orders/${runIdOf(8)}: it is not signed, and runs of this drill before it are`);
  });

  test('says the same as JSON', async () => {
    const { reports, verify } = place();
    rmSync(join(reports, 'orders', runIdOf(0)), { recursive: true });
    const { status, stdout } = await verify('--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      problems: [{ file: `orders/${runIdOf(0)}`, line: null }],
      runs: 3,
      keysOnFirstSight: false,
    });
  });

  test.each([
    ['its id', (reports: string) => ['--reports', reports, runIdOf(1)]],
    ['its folder', (reports: string) => [join(reports, 'orders', runIdOf(1))]],
  ])('of one run, by %s, does not look at the others', async (_, words) => {
    const { reports, key } = place();
    rmSync(join(reports, 'orders', runIdOf(0)), { recursive: true });
    const { status, stdout } = await evidence('verify', ...words(reports), '--key', `${key}.pub`);
    expect(stdout).toContain('nothing was changed: 7 lines of the ledger, 1 run');
    expect(status).toBe(0);
  });

  test('believes the key of a plan', async () => {
    const { directory, reports } = place();
    const plan = join(directory, 'orders.yaml');
    writeFileSync(plan, 'name: orders\nsource: { stanza: main }\nevidence: { key: "file:drills.key" }\n');
    expect(await evidence('verify', reports, '--plan', plan)).toMatchObject({ status: 0 });
  });

  test('believes the key of the environment, and says when it has none', async () => {
    const { reports, key } = place();
    const named = await commandLine(['evidence', 'verify', reports], { PGDRILL_EVIDENCE: `file:${key}` });
    expect(named).toMatchObject({ status: 0, stdout: expect.not.stringContaining('note') as string });
    expect((await evidence('verify', reports)).stdout).toContain('compare their fingerprints by other means');
  });

  test.each<[string, (directory: string) => string[], RegExp]>([
    ['a directory that is not there', () => ['--reports', '/nowhere'], /there is no directory \/nowhere/],
    [
      'a key that is not there',
      (directory) => [directory, '--key', '/nowhere.pub'],
      /the key \/nowhere.pub does not exist/,
    ],
    ['a private key', (directory) => [directory, '--key', join(directory, 'drills.key')], /is no public key in PEM/],
    [
      'an anchor that is none',
      (directory) => [join(directory, 'reports'), '--anchored', 'x'],
      /--anchored: "x" is no anchor/,
    ],
  ])('refuses %s', async (_, words, said) => {
    const { directory } = place();
    const { status, stderr } = await evidence('verify', ...words(directory));
    expect(status).toBe(2);
    expect(stderr).toMatch(said);
  });

  test.each<[string, (reports: string) => void]>([
    ['an empty directory', (reports) => rmSync(reports, { recursive: true }) ?? mkdirSync(reports)],
    [
      'a ledger that is a directory',
      (reports) => rmSync(join(reports, 'ledger.jsonl')) ?? mkdirSync(join(reports, 'ledger.jsonl')),
    ],
    ['a ledger of nothing', (reports) => truncateSync(join(reports, 'ledger.jsonl'))],
    ['a ledger of zeros', (reports) => writeFileSync(join(reports, 'ledger.jsonl'), Buffer.alloc(100_000))],
    ['a ledger of brackets', (reports) => writeFileSync(join(reports, 'ledger.jsonl'), `${'['.repeat(200_000)}\n`)],
    [
      'a report of brackets',
      (reports) => writeFileSync(join(reports, 'orders', runIdOf(0), 'report.json'), '['.repeat(200_000)),
    ],
    [
      'a file in the place of a drill',
      (reports) => rmSync(join(reports, 'orders'), { recursive: true }) ?? writeFileSync(join(reports, 'orders'), ''),
    ],
    [
      'keys that are none',
      (reports) =>
        writeFileSync(join(reports, 'keys', 'x.pub'), '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'),
    ],
  ])('does not break over %s', async (_, change) => {
    const { reports, verify } = place();
    change(reports);
    expect(await verify()).toMatchObject({ status: 1, stderr: '' });
  });
});

describe('an anchor', () => {
  test('is what the ledger still goes on from, or does not', async () => {
    const { directory, reports, verify } = place();
    const anchor = (await verify('--anchor')).stdout.split('\n').at(-2) ?? '';
    expect(anchor).toMatch(/^[0-9a-f-]{36}:7:[0-9a-f]{64}$/);
    await recordRun(reports, 3, { signer: signerIn(directory) });
    expect(await verify('--anchored', anchor)).toMatchObject({ status: 0 });
    const forged = anchor.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    expect(await verify('--anchored', forged)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('ledger.jsonl, line 7: it is not the line that was anchored') as string,
    });
    rmSync(reports, { recursive: true });
    await recordRun(reports, 3, { signer: signerIn(directory) });
    expect((await verify('--anchored', anchor)).stdout).toContain(
      'it is another ledger than the one that was anchored',
    );
  });

  test('is not told of reports that were changed', async () => {
    const { reports, verify } = place();
    rmSync(join(reports, 'orders', runIdOf(0)), { recursive: true });
    expect((await verify('--anchor')).stdout).not.toMatch(/:7:/);
  });
});

describe('sign', () => {
  test('signs a run that was not', async () => {
    const { reports, key, verify } = place();
    await recordRun(reports, 3, { signer: null });
    expect(await verify()).toMatchObject({ status: 1 });
    expect(await evidence('sign', 'latest', '--reports', reports, '--key', `file:${key}`)).toMatchObject({ status: 0 });
    expect(await verify()).toMatchObject({ status: 0 });
  });

  test('wants a key', async () => {
    const { reports } = place();
    expect(await evidence('sign', 'latest', '--reports', reports)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no key was named') as string,
    });
  });
});

test('rotate puts a new key in the place of the old one', async () => {
  const { directory, reports, key, verify } = place();
  await evidence('keygen', '--output', join(directory, 'new.key'));
  const words = ['--reports', reports, '--key', `file:${key}`, '--to', `file:${join(directory, 'new.key')}`];
  expect(await evidence('rotate', ...words)).toMatchObject({ status: 0 });
  await recordRun(reports, 3, { signer: signerIn(directory, 'new.key') });
  expect(await verify()).toMatchObject({ status: 0 });
});

test('sign-off puts on record who has looked at a run, and the report shows it', async () => {
  const { directory, reports, verify } = place();
  const ada = join(directory, 'ada.key');
  await evidence('keygen', '--output', ada);
  const words = ['--reports', reports, '--key', `file:${ada}`, '--by', 'Ada'];
  const said = await evidence('sign-off', 'latest', '--decision', 'follow-up', '--note', 'more bandwidth', ...words);
  expect(said).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/sign-off\.1\.dsse\.json\n.*follow-up by Ada\n$/),
  });
  expect(await verify('--key', `${ada}.pub`)).toMatchObject({ status: 0 });
  expect(await verify()).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('sign-off.1.dsse.json: it is signed with the key'),
  });
  const { stdout } = await commandLine(['report', 'latest', '--reports', reports]);
  expect(stdout).toMatch(/\| Ada \| ⚠ follow-up \| more bandwidth \|/);
  expect(await evidence('sign-off', 'latest', ...words)).toMatchObject({ status: 2 });
});

test('a pipe in the place of the ledger is not waited for', async () => {
  const { reports } = place();
  rmSync(join(reports, 'ledger.jsonl'));
  spawnSync('mkfifo', [join(reports, 'ledger.jsonl')]);
  const said = expect.stringContaining('ledger.jsonl cannot be read: it is no file') as string;
  expect(await commandLine(['history', '--reports', reports])).toMatchObject({ status: 2, stderr: said });
});

test('a bundle of a drill that nobody knows is not made', async () => {
  const { reports, directory } = place();
  const period = ['--from', '2026-11-01', '--to', '2026-11-02'];
  const output = join(directory, 'b.tar.gz');
  const found = await evidence('bundle', ...period, '--drill', 'order', '--reports', reports, '--output', output);
  expect(found).toMatchObject({ status: 2, stderr: expect.stringContaining('did you mean orders') as string });
  expect(existsSync(output)).toBe(false);
});

/** Runs the program as a user who may not write everything, and not look into everything. */
function asNobody(args: readonly string[]) {
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  return spawnSync(process.execPath, ['bin/drill.js', ...args], { encoding: 'utf8', env: {}, ...user });
}

/** Reports that are not our own to write to, with a directory that nobody may look into. */
function lockedReports(): string {
  const { reports } = place();
  mkdirSync(join(reports, 'lost+found'), { mode: 0 });
  const all = ['.', ...readdirSync(reports, { recursive: true, encoding: 'utf8' })].map((name) => join(reports, name));
  for (const path of all) if (!path.endsWith('+found')) chmodSync(path, statSync(path).isDirectory() ? 0o555 : 0o444);
  chmodSync(join(reports, '..'), 0o755);
  onTestFinished(() => {
    for (const path of all) chmodSync(path, 0o700);
  });
  return reports;
}

test.each([
  ['verify', 0, /nothing was changed/, (reports: string) => ['evidence', 'verify', '--reports', reports]],
  ['history', 0, /orders/, (reports: string) => ['history', '--reports', reports]],
  [
    'sign-off',
    2,
    /cannot be put on record|nothing can be written/,
    (reports: string) => [
      'evidence',
      'sign-off',
      runIdOf(0),
      '--reports',
      reports,
      '--by',
      'Ada',
      '--decision',
      'accepted',
      '--key',
    ],
  ],
  [
    'rotate',
    2,
    /cannot be put on record|nothing can be written/,
    (reports: string) => ['evidence', 'rotate', '--reports', reports, '--to', `file:${nobodysKey()}`, '--key'],
  ],
])('%s ends as documented where it may not write, nor look into everything', (command, status, said, words) => {
  const reports = lockedReports();
  const args = words(reports);
  const found = asNobody(args.at(-1) === '--key' ? [...args, `file:${nobodysKey()}`] : args);
  expect({ command, ...found }).toMatchObject({ status });
  expect(found.stdout + found.stderr).toMatch(said);
});

/** A key that is the user's of {@link asNobody}. */
function nobodysKey(): string {
  const directory = temporaryDirectory();
  chmodSync(directory, 0o777);
  const key = join(directory, 'nobody.key');
  asNobody(['evidence', 'keygen', '--output', key]);
  return key;
}
