import { expect, test } from 'vitest';
import { FindingList, type FindingCode } from '../../../../src/checks/integrity/findings.ts';
import { partReport } from '../../../../src/checks/integrity/outcome.ts';
import type { PartId } from '../../../../src/checks/integrity/parts.ts';
import { readIntegrity, writtenIntegrity } from '../../../../src/checks/integrity/written.ts';
import { integrityReasons } from '../../../../src/drill/judge/integrity.ts';
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
