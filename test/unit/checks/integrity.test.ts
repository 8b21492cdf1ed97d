import { expect, test } from 'vitest';
import { FINDING_CODES, FindingList, MOST_FINDINGS, type FindingCode } from '../../../src/checks/integrity/findings.ts';
import { partReport, rowOf, unaskedPart } from '../../../src/checks/integrity/outcome.ts';
import { PART_IDS } from '../../../src/checks/integrity/parts.ts';
import { integrityText, readIntegrity, writtenIntegrity } from '../../../src/checks/integrity/written.ts';
import { explain } from '../../../src/plan/explain.ts';

function idsOf(written: unknown): string[] {
  return readIntegrity(writtenIntegrity.parse(written)).parts.map(({ id }) => id);
}

const QUICK = [
  'leftOut',
  'files',
  'indexes',
  'constraints',
  'sequences',
  'extensions',
  'collations',
  'prepared',
  'unlogged',
];

test.each([
  ['quick', QUICK],
  ['standard', [...QUICK, 'read', 'amcheck', 'checksums']],
  ['deep', [...QUICK, 'read', 'amcheck', 'pages', 'checksums']],
  [{ level: 'standard', checksums: false, read: false }, [...QUICK, 'amcheck']],
  [{ level: 'quick', pages: true }, [...QUICK, 'pages']],
  [{ checksums: true, read: { timeout: '2h' } }, ['leftOut', 'read', 'checksums']],
  [{ amcheck: true, leftOut: false }, ['amcheck']],
  [{ checksums: true }, ['checksums']],
  [{ promised: { databases: ['shop'] } }, ['promised']],
])('%j asks for %j', (written, ids) => {
  expect(idsOf(written)).toEqual(ids);
});

test('a part that is named is demanded, and may have a time limit of its own', () => {
  const { parts } = readIntegrity(
    writtenIntegrity.parse({ level: 'standard', timeout: '1h', checksums: true, read: { timeout: '2h' } }),
  );
  const about = new Map(parts.map(({ id, ...rest }) => [id, rest]));
  expect(about.get('checksums')).toEqual({ demanded: true, timeoutMs: 3_600_000 });
  expect(about.get('read')).toEqual({ demanded: true, timeoutMs: 7_200_000 });
  expect(about.get('amcheck')).toEqual({ demanded: false, timeoutMs: 3_600_000 });
});

test.each([
  ['deep', true],
  ['standard', false],
  [{ level: 'deep', amcheck: { parentCheck: false } }, false],
  [{ amcheck: { parentCheck: true } }, true],
])('with %j the levels of indexes are compared: %s', (written, parentCheck) => {
  expect(readIntegrity(writtenIntegrity.parse(written)).options.amcheck).toEqual({ heapAllIndexed: true, parentCheck });
});

test.each([
  ['fast', [[], /is quick, standard or deep/]],
  [{}, [[], /asks for nothing/]],
  [{ checksums: false }, [[], /asks for nothing/]],
  [{ level: 'standrad' }, [['level'], /quick.*did you mean/]],
  [{ checksum: true }, [['checksum'], /not known here.*did you mean.*checksums/]],
  [{ checksums: 'yes' }, [['checksums'], /is true, false, or a block/]],
  [{ amcheck: { heapallindexed: true } }, [['amcheck', 'heapallindexed'], /not known here.*heapAllIndexed/]],
  [{ promised: {} }, [['promised'], /promises nothing/]],
  [{ level: 'quick', timeout: 'long' }, [['timeout'], /no duration/]],
] as const)('%j is refused, with its place', (written, [path, message]) => {
  const parsed = writtenIntegrity.safeParse(written);
  const issues = explain(writtenIntegrity, written, parsed.error?.issues ?? []);
  expect(issues).toEqual([{ path, message: expect.stringMatching(message) }]);
});

test.each([
  ['standard', /^standard \(reads every page/],
  [{ level: 'quick', checksums: true }, /^quick \(.*\), and checksums$/],
  [{ level: 'deep', read: false }, /^deep \(.*\), without read$/],
  [{ checksums: true, amcheck: true }, /^leftOut, amcheck, checksums$/],
])('%j is shown in words', (written, words) => {
  expect(integrityText(readIntegrity(writtenIntegrity.parse(written)))).toMatch(words);
});

function found(...codes: FindingCode[]): FindingList {
  const findings = new FindingList();
  for (const code of codes) findings.add(code, `text of ${code}`, { database: 'shop' });
  return findings;
}

function outcomeOf(skipped: boolean, ...some: FindingCode[]): string {
  return partReport('read', { at: '', ...(skipped ? { skipped: 'why' } : {}) }, found(...some), 1).outcome;
}

test('damage fails a part, a doubt leaves it open, and only what was looked at and had neither has passed', () => {
  const codes = Object.keys(FINDING_CODES) as FindingCode[];
  const weights = codes.map((code) => [code, FINDING_CODES[code].weight] as const);
  for (const [code, weight] of weights) {
    expect([code, outcomeOf(false, code)]).toEqual([
      code,
      { damage: 'failed', doubt: 'inconclusive', note: 'passed' }[weight],
    ]);
    for (const [other, more] of weights)
      expect(outcomeOf(true, code, other) === 'skipped').toBe(weight === 'note' && more === 'note');
  }
  expect(outcomeOf(false)).toBe('passed');
  expect(outcomeOf(true)).toBe('skipped');
});

test('findings are counted, and the first are kept, those that weigh most before others', () => {
  const findings = found('index-invalid', ...Array.from({ length: 50 }, () => 'row-unreadable' as const), 'time-limit');
  const part = partReport('read', { at: 'all' }, findings, 12);
  expect(part.findingsTotal).toBe(52);
  expect(part.findings).toHaveLength(MOST_FINDINGS);
  expect(new Set(part.findings.map(({ code }) => code))).toEqual(new Set(['row-unreadable']));
  expect(part.reason).toMatch(/^shop: text of row-unreadable; .*; and 49 more$/);
});

test('a part is a row among the checks; what is skipped is no failure of a critical check', () => {
  const row = rowOf(partReport('checksums', { at: 'nothing', skipped: 'no checksums' }, found(), 1));
  expect(row).toMatchObject({ kind: 'integrity', status: 'skipped', severity: 'warning', message: 'no checksums' });
  expect(rowOf(partReport('read', { at: 'x' }, found('time-limit'), 1))).toMatchObject({
    status: 'error',
    severity: 'critical',
  });
  expect(rowOf(partReport('read', { at: 'x' }, found('row-unreadable'), 1)).status).toBe('failed');
});

function told(...codes: FindingCode[]): unknown {
  const { observed, message } = rowOf(partReport('read', { at: 'all rows' }, found(...codes), 1));
  return { observed, message };
}

test('a row says why in one place: what was found beside what was expected, or what kept the part from an answer', () => {
  expect(told()).toEqual({ observed: 'all rows', message: null });
  expect(told('row-unreadable')).toEqual({ observed: 'shop: text of row-unreadable', message: null });
  expect(told('time-limit')).toEqual({ observed: 'all rows', message: 'shop: text of time-limit' });
});

test('what is wrong without a database is told without one, and three findings are not followed by more', () => {
  const findings = new FindingList();
  for (const text of ['a', 'b', 'c']) findings.add('row-unreadable', text, { database: null });
  expect(partReport('read', { at: '' }, findings, 1).reason).toBe('a; b; c');
  expect(partReport('read', { at: '' }, found('index-invalid'), 1).reason).toBeNull();
});

test('a part that nobody came to ask is inconclusive, with the reason and no findings', () => {
  const part = unaskedPart('read', 'the server was gone');
  expect(part).toMatchObject({ id: 'read', outcome: 'inconclusive', reason: 'the server was gone', findings: [] });
  expect(rowOf(part)).toMatchObject({ status: 'error', severity: 'critical', message: 'the server was gone' });
});

test('the order: what is cheap first, what writes to the copy behind what only reads, what needs it stopped last', () => {
  expect(PART_IDS.indexOf('read')).toBeLessThan(PART_IDS.indexOf('amcheck'));
  expect(PART_IDS.indexOf('unlogged')).toBeLessThan(PART_IDS.indexOf('read'));
  expect(PART_IDS.at(-1)).toBe('checksums');
});
