import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, test } from 'vitest';
import { attestorWith } from '../../../src/evidence/attestor.ts';
import { rotate } from '../../../src/evidence/rotate.ts';
import { sealLedger } from '../../../src/evidence/seal-ledger.ts';
import { signRun } from '../../../src/evidence/sign-run.ts';
import type { Signer } from '../../../src/evidence/signer.ts';
import { runOf, verifyReports, type Verification } from '../../../src/evidence/verify/verify-reports.ts';
import { Ledger } from '../../../src/store/ledger/ledger.ts';
import { lineHash } from '../../../src/store/ledger/line.ts';
import { RunStore } from '../../../src/store/run-store.ts';
import { newSigner } from '../../fixtures/keys.ts';
import { makeKeptDirectory, temporaryDirectory } from '../../fixtures/plans.ts';
import { sampleReport } from '../../fixtures/sample-report.ts';
import { recordRun, runIdOf } from '../../fixtures/signed-reports.ts';

const signer = newSigner();
let made = '';

/** Four signed runs, of two drills, and one that was never signed of a third. */
beforeAll(async () => {
  made = makeKeptDirectory();
  for (const [index, drill] of ['orders', 'users', 'orders', 'users'].entries())
    await recordRun(made, index, { drill, signer });
  return () => rmSync(made, { recursive: true, force: true });
});

function copyOf(reports = made): string {
  const directory = join(temporaryDirectory(), 'reports');
  cpSync(reports, directory, { recursive: true });
  return directory;
}

function verify(reports: string, keys: readonly Signer[] | null = [signer], run: string | null = null): Verification {
  return verifyReports({
    reports,
    runs: run === null ? null : runOf(run),
    keys: keys && keys.map(({ publicKey }) => publicKey),
  });
}

/** The problems, each in a line: `orders/…/report.md: it is missing`. */
function problemsOf(found: Verification): string[] {
  return found.problems.map(({ file, line, what }) => `${file}${line === null ? '' : `:${line}`}: ${what}`);
}

const run = (index: number): string => `${index % 2 === 0 ? 'orders' : 'users'}/${runIdOf(index)}`;

function replaceIn(file: string, from: string | RegExp, to: string): void {
  const text = readFileSync(file, 'utf8');
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  writeFileSync(file, changed);
}

/** Changes the lines of a ledger and makes its chain anew, as somebody would who has no key. */
function forge(reports: string, change: (lines: Record<string, unknown>[]) => Record<string, unknown>[]): void {
  const file = join(reports, 'ledger.jsonl');
  const lines = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  let previous: string | null = null;
  const texts = change(lines).map((line, index) => {
    const text = JSON.stringify({ ...line, line: index + 1, previous });
    previous = lineHash(text);
    return text;
  });
  writeFileSync(file, texts.map((text) => `${text}\n`).join(''));
}

describe('what was not changed', () => {
  test('holds, with the key and without', () => {
    const found = verify(made);
    expect(problemsOf(found)).toEqual([]);
    expect(found).toMatchObject({ runs: 4, signedRuns: 4, keys: [signer.keyId], notes: [], ledger: { lines: 9 } });
    expect(found.ledger.signed).toMatchObject({ lines: 9, sha256: found.ledger.sha256 });
    expect(verify(made, null)).toMatchObject({ problems: [], keys: [signer.keyId], keysOnFirstSight: true });
    expect(verify(made, null).notes).toEqual([expect.stringMatching(/compare their fingerprints by other means/)]);
  });

  test('holds for a run alone', () => {
    expect(verify(made, [signer], runIdOf(2))).toMatchObject({ problems: [], runs: 1 });
  });

  test('holds without any key, for whoever names none', async () => {
    const reports = join(temporaryDirectory(), 'reports');
    const { report } = await recordRun(reports, 0, { signer: null });
    expect(report.record.keyId).toBeNull();
    expect(verify(reports, null)).toMatchObject({ problems: [], runs: 1, signedRuns: 0 });
  });

  test('says that it is signed', () => {
    const report = JSON.parse(readFileSync(join(made, run(0), 'report.json'), 'utf8')) as { record: unknown };
    expect(report.record).toEqual({ number: 1, keyId: signer.keyId });
    expect(readFileSync(join(made, run(0), 'report.md'), 'utf8')).toContain(`signed with the key \`${signer.keyId}\``);
  });
});

describe('each change is named', () => {
  const other = newSigner();
  test.each<[string, (reports: string) => unknown, string[]]>([
    [
      'a byte of a report',
      (reports) => replaceIn(join(reports, run(0), 'report.json'), 'passed', 'pasted'),
      [`${run(0)}/report.json: it was changed: its SHA-256 is not the one that was signed`],
    ],
    [
      'a byte of another form of it',
      (reports) => replaceIn(join(reports, run(1), 'report.html'), '</html>', '</htmx>'),
      [`${run(1)}/report.html: it was changed: its SHA-256 is not the one of the manifest`],
    ],
    [
      'a log that is gone',
      (reports) => rmSync(join(reports, run(0), 'postgresql.log')),
      [`${run(0)}/postgresql.log: it is missing`],
    ],
    [
      'a file more',
      (reports) => writeFileSync(join(reports, run(0), 'notes.txt'), ''),
      [`${run(0)}/notes.txt: it is not in the manifest`],
    ],
    [
      'a hidden file more',
      (reports) => writeFileSync(join(reports, run(0), '.x'), ''),
      [`${run(0)}/.x: it is not in the manifest`],
    ],
    [
      'a directory more',
      (reports) => mkdirSync(join(reports, run(0), 'more')),
      [`${run(0)}/more: it is not in the manifest`],
    ],
    [
      'a link in the place of a file',
      (reports) => {
        renameSync(join(reports, run(0), 'report.md'), join(reports, 'moved.md'));
        symlinkSync('../../moved.md', join(reports, run(0), 'report.md'));
      },
      [`${run(0)}/report.md: it is no file`],
    ],
    [
      'a pipe in the place of a file, which nobody writes to',
      (reports) => {
        rmSync(join(reports, run(0), 'report.json'));
        execFileSync('mkfifo', [join(reports, run(0), 'report.json')]);
      },
      [`${run(0)}/report.json: it is no file`],
    ],
    [
      'the manifest',
      (reports) => replaceIn(join(reports, run(0), 'manifest.json'), '"bytes": ', '"bytes": 1'),
      [`${run(0)}/manifest.json: it was changed: its SHA-256 is not the one that was signed`],
    ],
    [
      'a statement that is gone',
      (reports) => rmSync(join(reports, run(0), 'manifest.dsse.json')),
      [`${run(0)}/manifest.dsse.json: it is missing`],
    ],
    [
      'the statement of another run',
      (reports) => cpSync(join(reports, run(2), 'manifest.dsse.json'), join(reports, run(0), 'manifest.dsse.json')),
      [`${run(0)}/manifest.dsse.json: it is not the statement about this run`],
    ],
    [
      'the result of another run',
      (reports) =>
        cpSync(join(reports, run(2), 'test-result.dsse.json'), join(reports, run(0), 'test-result.dsse.json')),
      [`${run(0)}/test-result.dsse.json: it does not fit report.json`],
    ],
    [
      'a run that is gone',
      (reports) => rmSync(join(reports, run(2)), { recursive: true }),
      [`${run(2)}: the run is missing: line 7 of the ledger has it on record`],
    ],
    [
      'a run that is there twice',
      (reports) => cpSync(join(reports, run(2)), join(reports, 'orders', runIdOf(9)), { recursive: true }),
      [`orders/${runIdOf(9)}: it is not on record in the ledger`],
    ],
    [
      'a drill that nobody knows',
      (reports) => mkdirSync(join(reports, 'other', runIdOf(9)), { recursive: true }),
      [`other/${runIdOf(9)}: it is not on record in the ledger`],
    ],
    [
      'a line of the ledger that is gone, with its run',
      (reports) => {
        replaceIn(join(reports, 'ledger.jsonl'), /.*"kind":"ended","drill":"users".*\n/, '');
        rmSync(join(reports, run(1)), { recursive: true });
      },
      [
        'ledger.jsonl:5: it says that it is line 6',
        'ledger.jsonl:5: it does not follow line 4: that one, or its place, was changed',
      ],
    ],
    [
      'the end of the ledger, cut off with the last run',
      (reports) => {
        forge(reports, (lines) => lines.slice(0, -2));
        rmSync(join(reports, run(3)), { recursive: true });
      },
      ['ledger.jsonl:8: the end was cut off: 9 lines were signed at '],
    ],
    [
      'a chain that was made anew over another verdict',
      (reports) =>
        forge(reports, (lines) =>
          lines.map((line) =>
            line['run'] === runIdOf(0) && line['kind'] === 'ended' ? { ...line, verdict: 'failed' } : line,
          ),
        ),
      [
        'ledger.jsonl:9: it is not the line that was signed at ',
        `ledger.jsonl:3: it does not fit ${run(0)}/report.json`,
      ],
    ],
    [
      'a chain that was made anew without a run in the middle',
      (reports) => {
        forge(reports, (lines) => lines.filter((line) => line['run'] !== runIdOf(1)));
        rmSync(join(reports, run(1)), { recursive: true });
      },
      ['ledger.jsonl:6: it is run 2 of users, where run 1 is due', 'ledger.jsonl:8: the end was cut off'],
    ],
    [
      'a ledger that is gone',
      (reports) => rmSync(join(reports, 'ledger.jsonl')),
      ['ledger.jsonl: it is missing', `orders/${runIdOf(0)}: it is not on record in the ledger`],
    ],
    [
      'a head that is gone',
      (reports) => rmSync(join(reports, 'ledger.head.dsse.json')),
      ['ledger.head.dsse.json: it is missing'],
    ],
    [
      'a public key that is gone',
      (reports) => rmSync(join(reports, 'keys', `${signer.keyId}.pub`)),
      [`keys/${signer.keyId}.pub: it is missing, and runs are signed with it`],
    ],
    [
      'another public key of that name',
      (reports) =>
        writeFileSync(
          join(reports, 'keys', `${signer.keyId}.pub`),
          other.publicKey.key.export({ type: 'spki', format: 'pem' }),
        ),
      [`keys/${signer.keyId}.pub: it is not the key that its name says`],
    ],
    [
      'bytes that are no text',
      (reports) => appendFileSync(join(reports, 'ledger.jsonl'), Buffer.from([0xff, 0xfe, 10])),
      ['ledger.jsonl:10: it is no UTF-8', 'ledger.jsonl:10: it is no line of a ledger'],
    ],
  ])('%s', (_, change, expected) => {
    const reports = copyOf();
    change(reports);
    const found = problemsOf(verify(reports));
    for (const one of expected) expect(found).toContainEqual(expect.stringContaining(one));
    expect(found[0]).toContain(expected[0]);
  });
});

describe('other keys', () => {
  const other = newSigner();
  test('are not believed where one was named', async () => {
    const reports = copyOf();
    await recordRun(reports, 4, { drill: 'orders', signer: other });
    const found = problemsOf(verify(reports));
    expect(found).toContainEqual(
      expect.stringMatching(/^ledger.head.dsse.json: it is signed with the key .* not one of those/),
    );
    expect(found).toContainEqual(
      expect.stringMatching(new RegExp(`^${run(4)}/manifest.dsse.json: it is signed with the key ${other.keyId}`)),
    );
    expect(verify(reports, [signer, other]).problems).toEqual([]);
  });

  test.each([
    ['old', signer],
    ['new', other],
  ])('that took the place of another one are, for whoever trusts the %s one', async (_, trusted) => {
    const reports = copyOf();
    await rotate(reports, signer, other);
    await recordRun(reports, 4, { drill: 'orders', signer: other });
    expect(problemsOf(verify(reports, [trusted]))).toEqual([]);
    replaceIn(join(reports, 'keys', `${other.keyId}.rotation.dsse.json`), '"sig": "', '"sig": "A');
    expect(problemsOf(verify(reports, [trusted]))[0]).toMatch(/^keys\/.*rotation.dsse.json: it is no/);
  });

  test('take one place: the statement of the first old key is never written over', async () => {
    const reports = copyOf();
    await rotate(reports, signer, other);
    await rotate(reports, signer, other);
    await expect(rotate(reports, newSigner(), other)).rejects.toThrow(/has taken the place of another one already/);
    expect(problemsOf(verify(reports, [other]))).toEqual([]);
    writeFileSync(join(reports, 'keys', '.x.pub.new'), '');
    expect(problemsOf(verify(reports))).toEqual([
      expect.stringContaining('half written, by a command that was killed'),
    ]);
  });

  test('cannot take a place by their own word', async () => {
    const reports = copyOf();
    const thief = newSigner();
    await rotate(reports, newSigner(), thief);
    await recordRun(reports, 4, { drill: 'orders', signer: thief });
    expect(problemsOf(verify(reports))).toContainEqual(expect.stringContaining('not one of those that are trusted'));
  });
});

describe('what nobody signed', () => {
  test('does not hold for whoever names a key, however well it fits', async () => {
    const reports = join(temporaryDirectory(), 'reports');
    for (const index of [0, 1]) await recordRun(reports, index, { signer: null });
    expect(problemsOf(verify(reports))).toEqual(['ledger.head.dsse.json: it is missing']);
  });

  test('is noted behind the signed head, and where it is of a drill that has no key', async () => {
    const reports = copyOf();
    await recordRun(reports, 4, { drill: 'never', signer: null });
    expect(verify(reports)).toMatchObject({
      problems: [],
      notes: ['no run of never is signed', 'nobody has signed what is behind line 9 of the ledger: 2 lines'],
    });
  });
});

test('runs that end at the same time leave a ledger that is signed to its end', async () => {
  const reports = join(temporaryDirectory(), 'reports');
  const runs = Array.from({ length: 12 }, (_, index) =>
    recordRun(reports, index, { drill: `drill-${index % 3}`, signer }),
  );
  await Promise.all(runs);
  expect(verify(reports)).toMatchObject({ problems: [], runs: 12, signedRuns: 12, ledger: { signed: { lines: 25 } } });
});

test('a run that was killed before it was signed is named, and can be signed', async () => {
  const reports = copyOf();
  const killed = { ...attestorWith(signer), statements: () => Promise.reject(new RangeError('killed')) };
  const about = { drill: 'orders', stanza: 'main', trigger: 'on-demand', user: 'root', host: 'vm' } as const;
  const startedAt = new Date('2026-11-29T03:00:00Z');
  const due = { schedule: null, onlyIfDue: false, fallbackOf: null };
  const folder = new RunStore(reports).folder({ ...about, ...due, runId: runIdOf(7), startedAt }, killed);
  await folder.begin();
  const report = sampleReport({ runId: runIdOf(7), record: { number: folder.number, keyId: null }, evidence: [] });
  await expect(folder.save(report)).rejects.toThrow('killed');
  rmSync(join(folder.path, '.running')); // The lock goes with the process, and its journal stays.
  await recordRun(reports, 8, { drill: 'orders', signer });
  expect(problemsOf(verify(reports))).toEqual([
    `orders/${runIdOf(7)}: it is not signed, and runs of this drill before it are`,
  ]);
  await signRun(folder.path, new Ledger(reports), signer);
  expect(problemsOf(verify(reports))).toEqual([]);
});

describe('a run that is not signed', () => {
  test('after signed ones of its drill is named, and can be signed', async () => {
    const reports = copyOf();
    const { folder } = await recordRun(reports, 4, { drill: 'orders', signer: null });
    await recordRun(reports, 5, { drill: 'never', signer: null });
    expect(problemsOf(verify(reports))).toEqual([`${run(4)}: it is not signed, and runs of this drill before it are`]);
    await signRun(folder, new Ledger(reports), signer);
    expect(problemsOf(verify(reports))).toEqual([]);
    await expect(signRun(folder, new Ledger(reports), signer)).rejects.toThrow(/signed already/);
  });

  test('is not signed when it was changed', async () => {
    const reports = copyOf();
    const { folder } = await recordRun(reports, 4, { drill: 'orders', signer: null });
    appendFileSync(join(folder, 'postgresql.log'), 'more');
    const signing = signRun(folder, new Ledger(reports), signer);
    await expect(signing).rejects.toThrow(/is not signed: orders.*postgresql.log: it was changed/);
  });

  test('since signing failed keeps its verdict, and says why', async () => {
    const reports = copyOf();
    const broken: Signer = {
      ...signer,
      sign: () => Promise.reject(Object.assign(new Error('no token'), { code: 'EIO' })),
    };
    const { report, folder } = await recordRun(reports, 4, { drill: 'orders', signer: broken });
    expect(report).toMatchObject({ verdict: 'passed', record: { keyId: null }, reasons: [{ code: 'not-signed' }] });
    expect(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))).toEqual(report);
    expect(problemsOf(verify(reports))).toEqual([`${run(4)}: it is not signed, and runs of this drill before it are`]);
  });
});

describe('a run that finds a ledger changed says so, and signs nothing that would hide it', () => {
  test.each<[string, (reports: string) => void, RegExp, RegExp | null]>([
    [
      'the end was cut off',
      (reports) => forge(reports, (lines) => lines.slice(0, -2)),
      /the ledger does not go on from line 9, which was signed at/,
      /^ledger.jsonl:9: it is not the line that was signed/m,
    ],
    [
      'the ledger is gone',
      (reports) => rmSync(join(reports, 'ledger.jsonl')),
      /the ledger does not go on from line 9/,
      /^ledger.jsonl:1: an earlier ledger, of 9 lines, is no longer there/m,
    ],
    [
      'the signed head is another text',
      (reports) => writeFileSync(join(reports, 'ledger.head.dsse.json'), 'x'),
      /ledger.head.dsse.json was changed/,
      /^ledger.head.dsse.json: it is no DSSE envelope/m,
    ],
    [
      'a pipe is in the place of the signed head, which nobody writes to',
      (reports) => {
        rmSync(join(reports, 'ledger.head.dsse.json'));
        execFileSync('mkfifo', [join(reports, 'ledger.head.dsse.json')]);
      },
      /ledger.head.dsse.json was changed/,
      /^ledger.head.dsse.json: it is no file/m,
    ],
    [
      'the signed head is gone',
      (reports) => rmSync(join(reports, 'ledger.head.dsse.json')),
      /ledger.head.dsse.json is missing/,
      null,
    ],
  ])('%s', async (_, change, said, named) => {
    const reports = copyOf();
    change(reports);
    const { report } = await recordRun(reports, 4, { drill: 'later', signer });
    expect(report.reasons).toMatchObject([{ code: 'ledger-changed', message: expect.stringMatching(said) as string }]);
    await recordRun(reports, 6, { drill: 'later', signer });
    expect(problemsOf(verify(reports)).join('\n')).toMatch(named ?? /^$/);
  });

  test('nothing was', async () => {
    const reports = copyOf();
    expect((await recordRun(reports, 4, { drill: 'later', signer })).report.reasons).toEqual([]);
  });

  test('a key that takes the place of another without a statement: once', async () => {
    const reports = copyOf();
    const other = newSigner();
    const reasonsOf = async (index: number, by: Signer) =>
      (await recordRun(reports, index, { drill: 'later', signer: by })).report.reasons;
    expect(await reasonsOf(4, other)).toMatchObject([
      { code: 'ledger-changed', message: expect.stringContaining(`signed with the key ${signer.keyId}`) as string },
    ]);
    expect(await reasonsOf(5, other)).toEqual([]);
    expect(await reasonsOf(6, signer)).toEqual([]);
    expect(problemsOf(verify(reports, [signer, other]))).toEqual([]);
    const third = newSigner();
    await rotate(reports, signer, third);
    expect(await reasonsOf(7, third)).toEqual([]);
  });

  const OWN = `ledger.head.${signer.keyId}.dsse.json`;

  test.each<[string, (reports: string) => void]>([
    ['stays', () => undefined],
    ['is gone as well', (reports) => rmSync(join(reports, OWN))],
    [
      'is replaced as well',
      (reports) => writeFileSync(join(reports, OWN), readFileSync(join(reports, 'ledger.head.dsse.json'))),
    ],
  ])('the end was cut off and signed by somebody else, and what this key has signed %s', async (_, change) => {
    const reports = copyOf();
    forge(reports, (lines) => lines.slice(0, -2));
    const stranger = newSigner();
    rmSync(join(reports, 'ledger.head.dsse.json'));
    await sealLedger(new Ledger(reports), stranger);
    change(reports);
    rmSync(join(reports, 'keys', `${stranger.keyId}.pub`));
    const { report } = await recordRun(reports, 4, { drill: 'later', signer });
    expect(report.reasons).toMatchObject([{ code: 'ledger-changed' }]);
    expect(problemsOf(verify(reports)).join('\n')).toContain(`it is signed with the key ${stranger.keyId}`);
  });
});

test.each([
  ["update all_runs set verdict = 'failed' where drill = 'orders'"],
  ["delete from all_runs where drill = 'users'"],
  ["insert into all_unended values ('20261101T000000Z-ffff', 'orders', 9, '2026-11-01T00:00:00.000Z', 'begun', null)"],
])('an index of the ledger that says something else is named: %s', (change) => {
  const reports = copyOf();
  expect(problemsOf(verify(reports))).toEqual([]);
  const index = new DatabaseSync(join(reports, '.ledger.index'));
  index.exec(change);
  index.close();
  expect(problemsOf(verify(reports))).toEqual([
    expect.stringMatching(/^\.ledger\.index: it does not say what the ledger says/),
  ]);
  rmSync(join(reports, '.ledger.index'));
  expect(problemsOf(verify(reports))).toEqual([]);
});
