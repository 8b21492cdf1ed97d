import { expect, test } from 'vitest';
import { FINDING_CODES, FindingList, type FindingCode } from '../../../../src/checks/integrity/findings.ts';
import { partReport } from '../../../../src/checks/integrity/outcome.ts';
import type { PartId } from '../../../../src/checks/integrity/parts.ts';
import { readIntegrity, writtenIntegrity } from '../../../../src/checks/integrity/written.ts';
import { describeIntegrity, integrityReasons } from '../../../../src/drill/judge/integrity.ts';
import type { IntegrityPartReport } from '../../../../src/report/integrity-report.ts';

const asked = readIntegrity(
  writtenIntegrity.parse({ read: true, indexes: true, promised: { roles: ['app'] }, unlogged: true }),
);

function part(id: PartId, found: readonly FindingCode[] = [], skipped?: string): IntegrityPartReport {
  const findings = new FindingList();
  for (const code of found) findings.add(code, code);
  return partReport(id, { at: '', ...(skipped === undefined ? {} : { skipped }) }, findings, 1);
}

function codes(examined: readonly IntegrityPartReport[], finished = true): string[] {
  return integrityReasons({ asked, examined, finished }).map(({ code }) => code);
}

// Whoever reads all rows is told which databases let nobody in (leftOut).
const ALL = [part('promised'), part('leftOut'), part('indexes'), part('unlogged'), part('read')];

/** All parts passed, but for one. */
function but(one: IntegrityPartReport): IntegrityPartReport[] {
  return ALL.map((other) => (other.id === one.id ? one : other));
}

test.each([
  ['nothing was found', ALL, []],
  ['damage', but(part('read', ['row-unreadable'])), ['data-corrupt']],
  ['damage and a doubt', but(part('read', ['time-limit', 'row-unreadable'])), ['data-corrupt']],
  ['a broken promise', but(part('promised', ['promised-missing'])), ['promised-missing']],
  ['a doubt', but(part('read', ['program-missing'])), ['integrity-unproven']],
  ['a note', but(part('indexes', ['index-invalid'])), ['integrity-note']],
  ['a note that every run tells', but(part('unlogged', ['unlogged-table'])), []],
  ['a part that proves nothing', but(part('read', [], 'why')), ['integrity-skipped']],
  [
    'parts that nobody asked',
    [part('promised'), part('leftOut'), part('indexes')],
    ['integrity-unproven', 'integrity-unproven'],
  ],
] as const)('%s', (_, examined, expected) => {
  expect(codes(examined)).toEqual(expected);
});

test('a run that ended early has a reason of its own: parts that were not reached are none', () => {
  expect(codes([part('promised')], false)).toEqual([]);
  expect(codes([part('read', ['row-unreadable'])], false)).toEqual(['data-corrupt']);
});

test('a plan without integrity checks has no reason of theirs', () => {
  expect(integrityReasons({ asked: null, examined: [], finished: true })).toEqual([]);
});

test('the report has the parts as they came, with the level, or nothing where the plan asks for none', () => {
  const parts = [part('read')];
  expect(describeIntegrity(asked, parts)).toEqual({ level: null, parts });
  expect(describeIntegrity(null, [])).toBeNull();
});

test('a reason says why, what to do about its kind of finding, and what is unknown', () => {
  const read = part('read', ['index-invalid', 'time-limit', 'row-unreadable']);
  const [damage] = integrityReasons({ asked, examined: [read], finished: false });
  expect(damage).toMatchObject({ phase: 'verify', hint: FINDING_CODES['row-unreadable'].hint });
  const [doubt] = integrityReasons({ asked, examined: [part('read', ['time-limit'])], finished: false });
  expect(doubt?.hint).toBe(FINDING_CODES['time-limit'].hint);
  const [unknown] = integrityReasons({ asked, examined: [{ ...part('read'), outcome: 'failed' }], finished: false });
  expect(unknown).toMatchObject({ message: expect.stringMatching(/: no reason is known$/), hint: null });
});

test('a part that was not asked is named, with that reason', () => {
  const reasons = integrityReasons({ asked, examined: but(part('read')).slice(0, 4), finished: true });
  expect(reasons).toMatchObject([{ message: expect.stringMatching(/: it was not asked$/), hint: null }]);
});

/** Notes of one part, such as `shop: text`. */
function noted(...notes: (readonly [FindingCode, string | null, string])[]): string[] {
  const findings = new FindingList();
  for (const [code, database, text] of notes) findings.add(code, text, { database });
  const reasons = integrityReasons({
    asked,
    examined: [partReport('indexes', { at: '' }, findings, 1)],
    finished: false,
  });
  return reasons.map(({ message }) => message.slice(message.indexOf(': ') + 2));
}

const note = (text: string) => ['index-invalid', 'shop', text] as const;

test('the first three notes are told, with their database, and whether there are more', () => {
  expect(noted(['index-invalid', null, 'a'], note('b'))).toEqual(['a; shop: b']);
  expect(noted(note('a'), note('b'), note('c'))).toEqual(['shop: a; shop: b; shop: c']);
  expect(noted(note('a'), note('b'), note('c'), note('d'))).toEqual(['shop: a; shop: b; shop: c; and more']);
});

test('what is no note is not told as one', () => {
  const odd: IntegrityPartReport = { ...part('indexes', ['time-limit', 'index-invalid']), outcome: 'passed' };
  const [told] = integrityReasons({ asked, examined: [odd], finished: false });
  expect(told).toMatchObject({ code: 'integrity-note', message: expect.stringMatching(/: index-invalid$/) });
});
