import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { create } from 'tar';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { unpackArchive } from '../../../../src/evidence/bundle/archive.ts';
import { makeBundle } from '../../../../src/evidence/bundle/make-bundle.ts';
import type { BundleRequest } from '../../../../src/evidence/bundle/stage.ts';
import { signOff } from '../../../../src/evidence/sign-off.ts';
import { filesBelow } from '../../../../src/evidence/verify/files-below.ts';
import { verifyBundle } from '../../../../src/evidence/verify/verify-bundle.ts';
import { digestOf } from '../../../../src/store/digest.ts';
import { Ledger } from '../../../../src/store/ledger/ledger.ts';
import { newSigner } from '../../../fixtures/keys.ts';
import { makeKeptDirectory, temporaryDirectory } from '../../../fixtures/plans.ts';
import { sampleReport } from '../../../fixtures/sample-report.ts';
import { recordRun, runIdOf } from '../../../fixtures/signed-reports.ts';

const HOUR_MS = 3_600_000;
const BEGIN = Date.UTC(2026, 10, 1);
const at = (hours: number): string => new Date(BEGIN + hours * HOUR_MS).toISOString();

/** What no bundle without values may hold. */
const SECRET = 'Grace Hopper, 1906-12-09';

const signer = newSigner();
const reviewer = newSigner();
const keys = [signer.publicKey, reviewer.publicKey];
let reports = '';

/** Runs of two drills, one an hour, of which the fourth failed over what it saw and the sixth was killed. */
beforeAll(async () => {
  reports = makeKeptDirectory();
  vi.useFakeTimers({ toFake: ['Date'] });
  for (let index = 0; index < 10; index += 1) {
    vi.setSystemTime(BEGIN + index * HOUR_MS);
    const drill = index % 2 === 0 ? 'orders' : 'users';
    if (index === 5) await beginAlone(index, drill);
    else await recordRun(reports, index, { drill, signer, controls: ['SOC2-A1.3'], ...(index === 3 ? failed() : {}) });
  }
  const run = { drill: 'users', run: runIdOf(3), number: 2 };
  const said = { by: 'Ada Lovelace', decision: 'follow-up', note: 'find the row' } as const;
  await signOff(new Ledger(reports), run, said, reviewer);
  vi.useRealTimers();
  return () => rmSync(reports, { recursive: true, force: true });
});

async function beginAlone(index: number, drill: string): Promise<void> {
  const startedAt = at(index);
  const about = { stanza: 'main', trigger: 'scheduled', user: 'pgdrill', host: 'drill-1' } as const;
  await new Ledger(reports).append((state) => {
    const run = { drill, run: runIdOf(index), number: state.nextNumber(drill), startedAt };
    return [
      { kind: 'begun', ...run, ...about },
      { kind: 'lost', ...run },
    ];
  });
}

function failed() {
  const { checks, sandbox, recovery } = sampleReport();
  return {
    verdict: 'failed' as const,
    reasons: [{ code: 'check-failed', message: `no row but ${SECRET}`, phase: 'verify' as const, hint: SECRET }],
    checks: checks.map((check) => ({ ...check, observed: SECRET, message: SECRET })),
    recovery: recovery && { ...recovery, stoppedBefore: `restore point "${SECRET}"` },
    sandbox: { ...sandbox, settings: [{ name: 'cluster_name', production: SECRET, drill: SECRET, why: 'as it is' }] },
    cleanup: { done: true, kept: null, steps: [{ label: 'stopped', ok: false, message: SECRET }] },
  };
}

const REQUEST: Omit<BundleRequest, 'reports'> = {
  period: { from: at(2), until: at(8) },
  drill: null,
  withoutValues: false,
  keys: [signer.publicKey],
  reviewers: [reviewer.publicKey],
  signer,
  planned: [],
};

/** The runs of the period: the third to the eighth. */
const REPORTS = [2, 3, 4, 6, 7].map((index) => `${index % 2 === 0 ? 'orders' : 'users'}/${runIdOf(index)}`);

async function bundleOf(changes: Partial<BundleRequest> = {}, place = temporaryDirectory()) {
  const archive = join(place, 'bundle.tar.gz');
  const staged = await makeBundle({ ...REQUEST, reports, ...changes }, archive);
  const { directory } = await unpackArchive(archive, place);
  return { archive, directory, staged };
}

/** What verification says of a bundle, each problem in a line. */
function problemsOf(directory: string, trusted: readonly (typeof signer.publicKey)[] | null = keys): string[] {
  return verifyBundle(directory, trusted).problems.map(
    ({ file, line, what }) => `${file}${line === null ? '' : `:${line}`}: ${what}`,
  );
}

/** Follows VERIFY.md with the programs of the system alone. */
function followInstructions(directory: string) {
  const text = readFileSync(join(directory, 'VERIFY.md'), 'utf8');
  const commands = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block).join('\n');
  return spawnSync('sh', ['-s'], {
    cwd: directory,
    input: commands,
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: temporaryDirectory() },
  });
}

describe.each([
  ['whole', {}],
  ['without values', { withoutValues: true }],
])('a bundle, %s', (_, changes) => {
  let directory = '';

  beforeAll(async () => {
    const place = makeKeptDirectory();
    ({ directory } = await bundleOf(changes, place));
    return () => rmSync(place, { recursive: true, force: true });
  });

  test('holds the runs of the period and the ledger from there on', () => {
    const runs = ['orders', 'users'].flatMap((drill) =>
      readdirSync(join(directory, drill)).map((run) => `${drill}/${run}`),
    );
    expect(runs.toSorted()).toEqual(REPORTS.toSorted());
    const lines = readFileSync(join(directory, 'ledger.jsonl'), 'utf8').trimEnd().split('\n');
    // One line of before, so that a reader sees that none is missing, and all that came later.
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ kind: 'ended', run: runIdOf(1) });
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ kind: 'signed-off', by: 'Ada Lovelace' });
  });

  test('can be verified by pgdrill', () => {
    expect(problemsOf(directory)).toEqual([]);
    expect(problemsOf(directory, null)).toEqual([]);
    expect(verifyBundle(directory, keys)).toMatchObject({ runs: 5, signedRuns: 5, keysOnFirstSight: false });
  });

  test('can be verified by OpenSSL alone', () => {
    const { status, stdout, stderr } = followInstructions(directory);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(signer.keyId);
    expect(stdout).toContain('everything holds');
  });

  const RUN = REPORTS[0] ?? '';

  test.each<[string, string, (place: string) => void]>([
    ['a statement', `${RUN}/manifest.dsse.json`, change(`${RUN}/manifest.dsse.json`, '"sig": "', '"sig": "A')],
    ['a manifest', `${RUN}/manifest.json`, change(`${RUN}/manifest.json`, '"bytes": ', '"bytes": 1')],
    ['a run that is gone', RUN, (place) => rmSync(join(place, RUN), { recursive: true })],
    ['the verdict of a line', 'ledger.jsonl', change('ledger.jsonl', '"verdict":"failed"', '"verdict":"passed"')],
    ['a line that is gone', 'ledger.jsonl', change('ledger.jsonl', /\n.*"lost".*\n/, '\n')],
    ['the beginning of the ledger', 'ledger.jsonl', change('ledger.jsonl', /^.*\n.*\n/, '')],
    ['the end of the ledger', 'ledger.jsonl', change('ledger.jsonl', /.*\n$/, '')],
    ['the first page', 'index.html', change('index.html', '2 did not', '0 did not')],
    ['the terms', 'bundle.json', change('bundle.json', '"drill": null', '"drill": "users"')],
    [
      'the instructions',
      'VERIFY.md',
      change('VERIFY.md', 'Compare this with what you were given by other means', 'All is well'),
    ],
    ['a page more', 'README.txt', (place) => writeFileSync(join(place, 'README.txt'), 'all is well')],
  ])('in which something was changed is seen: %s', (_what, file, tamper) => {
    const place = copyOf(directory);
    tamper(place);
    const said = problemsOf(place).filter((line) => line.startsWith(file));
    expect(said.length, problemsOf(place).join('\n')).toBeGreaterThan(0);
    // Whoever renews the list as well has no key to sign it with.
    renewSums(place);
    expect(problemsOf(place).join('\n')).toContain('SHA256SUMS: it was changed');
    expect(followInstructions(place).status).toBe(1);
  });

  test.each<[string, RegExp, RegExp]>([
    ['every signature', /\.dsse\.json$/, /the ledger is not signed/],
    ['the signature of a run', new RegExp(`^${RUN}/manifest\\.dsse\\.json$`), /the signature of .* does not hold/],
  ])('in which %s was taken away does not hold by OpenSSL', (_what, taken, says) => {
    const place = copyOf(directory);
    for (const file of filesBelow(place).filter((one) => taken.test(one) || one === 'bundle.dsse.json'))
      rmSync(join(place, file));
    renewSums(place);
    const { status, stdout } = followInstructions(place);
    expect(status).toBe(1);
    expect(stdout).toMatch(says);
  });
});

/** Whoever has no key takes the signature of the bundle away, and makes the list of its files anew. */
test.each<[string, (place: string, runs: readonly [string, string]) => void, RegExp]>([
  [
    'the folder of another run in the place of one',
    (place, [one, other]) => {
      rmSync(join(place, one), { recursive: true });
      cpSync(join(place, other), join(place, one), { recursive: true });
    },
    /is that of another run/,
  ],
  [
    'a run without its statements',
    (place, [one]) => {
      rmSync(join(place, one, 'manifest.dsse.json'));
      rmSync(join(place, one, 'test-result.dsse.json'));
    },
    /the signature of users.* does not hold/,
  ],
  [
    'a sign-off in the place of the statement',
    (place, [one]) => cpSync(join(place, one, 'sign-off.1.dsse.json'), join(place, one, 'manifest.dsse.json')),
    /the signature of users.* does not hold/,
  ],
  [
    'the end of the ledger, cut off together with its signature',
    (place) => {
      rmSync(join(place, 'ledger.head.dsse.json'));
      change('ledger.jsonl', /.*\n.*\n.*\n$/, '')(place);
    },
    /the ledger is not signed/,
  ],
  [
    'a sign-off that is gone',
    (place, [one]) => rmSync(join(place, one, 'sign-off.1.dsse.json')),
    /is not what is on record/,
  ],
  [
    'a sign-off that is not on record',
    (place, [one]) => cpSync(join(place, one, 'sign-off.1.dsse.json'), join(place, one, 'sign-off.2.dsse.json')),
    /is not what is on record/,
  ],
])('OpenSSL alone sees in a bundle that nobody signed: %s', async (_, tamper, said) => {
  const { directory } = await bundleOf();
  tamper(directory, [`users/${runIdOf(3)}`, `users/${runIdOf(7)}`]);
  rmSync(join(directory, 'bundle.dsse.json'));
  renewSums(directory);
  const { status, stdout } = followInstructions(directory);
  expect(stdout).toMatch(said);
  expect(status).toBe(1);
  expect(problemsOf(directory, null)).not.toEqual([]);
});

/** Changes the text of a file of a bundle. */
const change = (file: string, from: string | RegExp, to: string) => (place: string) => {
  const text = readFileSync(join(place, file), 'utf8');
  expect(text.replace(from, to)).not.toBe(text);
  writeFileSync(join(place, file), text.replace(from, to));
};

function copyOf(directory: string): string {
  const place = join(temporaryDirectory(), 'bundle');
  cpSync(directory, place, { recursive: true });
  return place;
}

function renewSums(place: string): void {
  const files = filesBelow(place).filter((file) => file !== 'SHA256SUMS' && file !== 'bundle.dsse.json');
  const lines = files.map((file) => `${digestOf(join(place, file)).sha256}  ${file}\n`);
  writeFileSync(join(place, 'SHA256SUMS'), lines.join(''));
}

test('the same record gives the same bytes', async () => {
  const [one, other] = [await bundleOf(), await bundleOf()];
  expect(readFileSync(one.archive).equals(readFileSync(other.archive))).toBe(true);
  expect(statSync(one.archive).mode & 0o777).toBe(0o600);
});

test('its first page tells what happened', async () => {
  const { directory } = await bundleOf();
  const page = readFileSync(join(directory, 'index.md'), 'utf8');
  expect(page).toContain('6 runs of 2 drills: 4 passed, 2 did not. 5 of 5 reports are signed.');
  expect(page).toContain('| **SOC2-A1.3** |');
  expect(page).toContain(`[2026-11-01 03:00 UTC](<users/${runIdOf(3)}/report.html>) failed: follow-up by Ada Lovelace`);
  expect(page).toContain('2026-11-01 05:00 UTC killed: nobody has said that it was looked at');
  expect(page).toContain('✗ failed `check-failed`');
});

function textsIn(place: string): string[] {
  return filesBelow(place).map((file) => readFileSync(join(place, file), 'utf8'));
}

test('without values it holds none, in any file', async () => {
  const whole = await bundleOf();
  expect(textsIn(whole.directory).filter((text) => text.includes(SECRET)).length).toBeGreaterThan(2);
  const { directory } = await bundleOf({ withoutValues: true });
  expect(textsIn(directory).filter((text) => /Hopper|1906-12/.test(text))).toEqual([]);
  expect(filesBelow(directory).filter((file) => /\.log$|report\.(?:json|md|html)$|junit/.test(file))).toEqual([]);
  expect(readFileSync(join(directory, `users/${runIdOf(3)}/report.without-values.md`), 'utf8')).toContain(
    '[left out]'.replaceAll(/[[\]]/g, String.raw`\$&`),
  );
});

test('of one drill it holds that drill alone', async () => {
  const { directory, staged } = await bundleOf({ drill: 'users' });
  expect(existsSync(join(directory, 'orders'))).toBe(false);
  expect(staged.runs.map(({ run }) => run)).toEqual([3, 5, 7].map(runIdOf));
  expect(problemsOf(directory)).toEqual([]);
  expect(followInstructions(directory).status).toBe(0);
});

test('a record that was changed is bundled with what is wrong on the first page, and nobody signs it', async () => {
  const changed = join(temporaryDirectory(), 'reports');
  cpSync(reports, changed, { recursive: true });
  writeFileSync(join(changed, REPORTS[0] ?? '', 'postgresql.log'), 'nothing to see here\n');
  const { directory, staged } = await bundleOf({ reports: changed });
  expect(staged.verification.problems).toHaveLength(1);
  expect(readFileSync(join(directory, 'index.md'), 'utf8')).toContain(
    `\`${REPORTS[0]}/postgresql.log\`: it was changed`,
  );
  expect(existsSync(join(directory, 'bundle.dsse.json'))).toBe(false);
  expect(problemsOf(directory)).toEqual([
    expect.stringContaining('postgresql.log: it was changed'),
    'bundle.dsse.json: it is missing, so nobody vouches for index.html',
  ]);
});

test('a bundle that nobody signed says so', async () => {
  const { directory } = await bundleOf({ signer: null });
  const { problems, notes } = verifyBundle(directory, null);
  expect(problems).toEqual([]);
  expect(notes.join('\n')).toContain('nobody has signed the bundle');
  expect(followInstructions(directory).status).toBe(0);
});

test('of a bundle of runs that nobody has signed the instructions say just that', async () => {
  const unsigned = join(temporaryDirectory(), 'reports');
  await recordRun(unsigned, 2, { signer: null });
  const { directory } = await bundleOf({ reports: unsigned, keys: null, signer: null });
  const { status, stdout, stderr } = followInstructions(directory);
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  expect(stdout).toContain('the ledger is not signed: nobody vouches for any of this');
});

test('a file that is a link is left: nobody has put it on record', async () => {
  const linked = join(temporaryDirectory(), 'reports');
  cpSync(reports, linked, { recursive: true });
  rmSync(join(linked, REPORTS[0] ?? '', 'postgresql.log'));
  symlinkSync('/etc/passwd', join(linked, REPORTS[0] ?? '', 'postgresql.log'));
  const { directory } = await bundleOf({ reports: linked });
  expect(existsSync(join(directory, REPORTS[0] ?? '', 'postgresql.log'))).toBe(false);
});

function leadOut(entry: { path?: string }): void {
  entry.path = 'in/../../../evil';
}

test.each<[string, (place: string) => void]>([
  ['leads out', (place) => writeFileSync(join(place, 'evil'), 'x')],
  ['is none', () => undefined],
])('an archive that %s is refused', async (what, fill) => {
  const place = temporaryDirectory();
  fill(place);
  const archive = join(place, 'a.tar.gz');
  if (what === 'is none') writeFileSync(archive, 'no archive at all, though it has a name that says so'.repeat(20));
  else {
    mkdirSync(join(place, 'in'));
    await create({ file: archive, cwd: place, preservePaths: true, gzip: true, onWriteEntry: leadOut }, ['evil']);
  }
  await expect(unpackArchive(archive)).rejects.toMatchObject({ code: 'not-found' });
  expect(existsSync(join(place, '..', 'evil'))).toBe(false);
});

test('links in an archive are not made', async () => {
  const place = temporaryDirectory();
  mkdirSync(join(place, 'in'));
  symlinkSync('/etc', join(place, 'in', 'etc'));
  writeFileSync(join(place, 'in', 'bundle.json'), '{}');
  await create({ file: join(place, 'a.tar.gz'), cwd: place, gzip: true }, ['in']);
  const { directory, remove, problems } = await unpackArchive(join(place, 'a.tar.gz'));
  expect(readdirSync(directory)).toEqual(['bundle.json']);
  expect(problems).toMatchObject([{ file: 'in/etc', what: expect.stringContaining('SymbolicLink') as string }]);
  expect(problemsOf(directory)).toEqual(['bundle.json: it cannot be read: it was changed, or is of a newer pgdrill']);
  remove();
  expect(existsSync(directory)).toBe(false);
});

test.each<[string, readonly string[], RegExp]>([
  [
    'a file that is there twice',
    ['in/index.html', 'in/index.html'],
    /in\/index\.html: it is in the archive more than once/,
  ],
  [
    'the same by another spelling',
    ['in/index.html', 'in/./index.html'],
    /in\/index\.html: it is in the archive more than/,
  ],
  ['a second folder', ['other/index.html', 'in/index.html'], /in\/index\.html: it lies beside the folder/],
  ['a file beside the folder', ['in/index.html', 'README.html'], /README\.html: it lies beside the folder/],
])('what other programs would unpack otherwise is named: %s', async (_, names, said) => {
  const place = temporaryDirectory();
  for (const name of ['in/index.html', 'other/index.html', 'README.html']) {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    writeFileSync(join(place, name), name);
  }
  const archive = join(place, 'a.tar.gz');
  await create({ file: archive, cwd: place, gzip: true }, [...names]);
  const { problems, remove } = await unpackArchive(archive, place);
  remove();
  expect(problems.map(({ file, what }) => `${file}: ${what}`)).toEqual([expect.stringMatching(said)]);
});
