import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { readSignOffs } from '../../../src/evidence/read-sign-offs.ts';
import { signOff } from '../../../src/evidence/sign-off.ts';
import type { Signer } from '../../../src/evidence/signer.ts';
import { signOffOf } from '../../../src/evidence/statements/sign-off.ts';
import { signStatement } from '../../../src/evidence/statements/statement.ts';
import { verifyReports } from '../../../src/evidence/verify/verify-reports.ts';
import { RENDERERS } from '../../../src/report/render.ts';
import { isOpen } from '../../../src/report/review.ts';
import { Ledger } from '../../../src/store/ledger/ledger.ts';
import type { LedgerLine } from '../../../src/store/ledger/line.ts';
import { digestOf } from '../../../src/store/digest.ts';
import { newSigner } from '../../fixtures/keys.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';
import { recordRun, runIdOf } from '../../fixtures/signed-reports.ts';

const RUN = { drill: 'orders', run: runIdOf(0), number: 1 };
const FILE = `orders/${RUN.run}/sign-off.1.dsse.json`;
const drills = newSigner();
const ada = newSigner();
let reports: string;
/** A statement of Ada's about another run. */
const ofAnotherRun = await statementAboutAnother();

async function statementAboutAnother(): Promise<string> {
  const said = { drill: 'orders', runId: runIdOf(7), by: 'Ada', decision: 'accepted', note: null } as const;
  return signStatement(signOffOf({ ...said, at: '2026-11-29T12:00:00.000Z' }, 'a'.repeat(64)), [ada]);
}

const accepted = { by: 'Ada', decision: 'accepted', note: 'as expected' } as const;
const followUp = { by: 'Bob', decision: 'follow-up', note: 'ask for more bandwidth' } as const;
const sign = (signer: Signer, said: typeof accepted | typeof followUp = accepted) =>
  signOff(new Ledger(reports), RUN, said, signer);
const problems = (keys: readonly Signer[] = [drills, ada]): string[] =>
  verifyReports({ reports, runs: null, keys: keys.map(({ publicKey }) => publicKey) }).problems.map(
    ({ file, line, what }) => `${file}${line === null ? '' : `:${line}`}: ${what}`,
  );

const reviewsNow = () => readSignOffs(reports, RUN).get(`orders/${RUN.run}`) ?? [];

const numbered = (number: number): string => join(reports, FILE.replace('.1.', `.${number}.`));
const adasKey = (): string => join(reports, 'keys', `${ada.keyId}.pub`);

function edit(change: (text: string) => string): void {
  writeFileSync(join(reports, FILE), change(readFileSync(join(reports, FILE), 'utf8')));
}

beforeEach(async () => {
  reports = temporaryDirectory();
  await recordRun(reports, 0, { signer: drills });
});

test('a sign-off is a statement beside the report, which stays as it is, and a line of the ledger', async () => {
  const before = digestOf(join(reports, 'orders', RUN.run, 'report.json'));
  expect(await sign(ada)).toBe(join(reports, FILE));
  await sign(ada, followUp);
  expect(digestOf(join(reports, 'orders', RUN.run, 'report.json'))).toEqual(before);
  expect(problems()).toEqual([]);
  const lines = readFileSync(join(reports, 'ledger.jsonl'), 'utf8').trimEnd().split('\n');
  const last: unknown = JSON.parse(lines.at(-1) ?? '');
  expect(last).toMatchObject({ kind: 'signed-off', ...RUN, by: 'Bob', decision: 'follow-up', key: ada.keyId });
});

test('a report is shown with what was said of it', async () => {
  await sign(ada);
  await sign(ada, followUp);
  const { report } = await recordRun(reports, 1, { signer: null });
  const reviews = reviewsNow();
  expect(reviews).toMatchObject([accepted, followUp]);
  expect(RENDERERS.md(report, reviews)).toMatch(/## Review\n\n.*\n.*\n\| .* \| Ada \| ✓ accepted \| as expected \|/);
  expect(RENDERERS.html(report, reviews)).toContain('ask for more bandwidth');
  expect(RENDERERS.md(report)).not.toContain('## Review');
});

test('what was said once cannot be said again by whoever has no key', async () => {
  await sign(ada);
  await sign(ada, followUp);
  expect(isOpen(reviewsNow())).toBe(true);
  writeFileSync(join(reports, FILE.replace('.1.', '.3.')), readFileSync(join(reports, FILE)));
  expect(problems()).toEqual([expect.stringMatching(/sign-off\.3.*: it is not on record in the ledger/)]);
  await new Ledger(reports).append(() => {
    const lines = readFileSync(join(reports, 'ledger.jsonl'), 'utf8').split('\n');
    const said = JSON.parse(lines.find((line) => line.includes('"by":"Ada"')) ?? '') as LedgerLine;
    const { v: _v, line: _line, previous: _previous, at: _at, ...entry } = said;
    return [entry];
  });
  expect(isOpen(reviewsNow())).toBe(true);
  expect(problems()).toContainEqual(
    expect.stringMatching(/^ledger\.jsonl:6: the statement of Ada .* on record already/),
  );
});

test('what is not on record is not shown; of what is on record it is said when its statement is not there as it was', async () => {
  await sign(ada, followUp);
  expect(isOpen(reviewsNow())).toBe(true);
  await sign(ada);
  expect(isOpen(reviewsNow())).toBe(false);
  writeFileSync(numbered(3), readFileSync(numbered(1), 'utf8').replace('"payload": "', '"payload": "A'));
  rmSync(numbered(2));
  const reviews = reviewsNow();
  expect(reviews).toMatchObject([followUp, { by: 'Ada', decision: 'accepted', note: null, file: null }]);
  // What nobody can show closes nothing.
  expect(isOpen(reviews)).toBe(true);
  const { report } = await recordRun(reports, 1, { signer: null });
  expect(RENDERERS.md(report, reviews)).toMatch(/\| Ada \| ✓ accepted \| +\| ⚠ missing, or changed \|/);
});

describe('what was changed since is seen', () => {
  test.each<[string, () => void, RegExp]>([
    ['a byte of it', () => edit((text) => text.replace('"payload": "', '"payload": "A')), /sign-off\.1.*: it/],
    [
      'it is gone',
      () => rmSync(join(reports, FILE)),
      /sign-off\.1\.dsse\.json: it is missing: line 4 of the ledger has it on record/,
    ],
    ['it is there twice', () => cpSync(join(reports, FILE), numbered(2)), /sign-off\.2.*: it is not on record/],
    [
      'it is that of another run',
      () => writeFileSync(join(reports, FILE), ofAnotherRun),
      /sign-off\.1.*: it is about another report/,
    ],
    [
      'the key of whoever signed it is gone',
      () => rmSync(adasKey()),
      /^keys\/.*\.pub: it is missing, and sign-offs are/,
    ],
    [
      'it was copied',
      () => writeFileSync(numbered(7), `${readFileSync(join(reports, FILE), 'utf8')} `),
      /sign-off\.7.*: it is not spelled as envelopes are/,
    ],
  ])('%s', async (_, change, wanted) => {
    await sign(ada);
    change();
    expect(problems()).toEqual([expect.stringMatching(wanted)]);
  });

  test('two that have changed their places', async () => {
    await sign(ada);
    await sign(ada, followUp);
    cpSync(numbered(1), numbered(9));
    renameSync(numbered(2), numbered(1));
    renameSync(numbered(9), numbered(2));
    expect(problems()).toEqual([expect.stringMatching(/sign-off\.1.*: it has the place of an earlier one: line 5/)]);
  });

  test('the line of it in the ledger', async () => {
    await sign(ada);
    const path = join(reports, 'ledger.jsonl');
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace('"by":"Ada","decision":"accepted"', '"by":"Eve","decision":"accepted"'),
    );
    expect(problems()).toEqual([expect.stringMatching(/^ledger\.jsonl:4: it does not fit .*sign-off\.1\.dsse\.json/)]);
  });
});

test('a key that nobody trusts signs nothing off', async () => {
  await sign(ada);
  expect(problems([drills])).toEqual([
    expect.stringMatching(/sign-off\.1.*: it is signed with the key .* not one of those/),
  ]);
});

test('a run of which something was changed is not signed off', async () => {
  writeFileSync(join(reports, 'orders', RUN.run, 'report.md'), 'all is well');
  await expect(sign(ada)).rejects.toThrow(/cannot be signed off: orders\/.*\/report\.md: it was changed/);
});

test('the key of a reviewer counts for sign-offs, and for nothing else', async () => {
  await sign(ada);
  const named = (given: readonly Signer[], ofReviewers: readonly Signer[]) =>
    verifyReports({
      reports,
      runs: null,
      keys: given.map(({ publicKey }) => publicKey),
      reviewers: ofReviewers.map(({ publicKey }) => publicKey),
    }).problems.map(({ file, what }) => `${file}: ${what}`);
  expect(named([drills], [ada])).toEqual([]);
  await recordRun(reports, 1, { signer: ada });
  expect(named([drills], [ada]).join('\n')).toContain(`is signed with the key ${ada.keyId}, which is not one of those`);
});
