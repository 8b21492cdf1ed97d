import { expect, describe, test } from 'vitest';
import { flipsIn, madeFalse, type Asked, type State } from '../../../src/bisect/flips.ts';
import { narrowed } from '../../../src/bisect/narrow.ts';
import { outcomeOf } from '../../../src/bisect/outcome.ts';
import { BisectFolder } from '../../../src/bisect/evidence.ts';
import { truthOf } from '../../../src/bisect/predicate.ts';
import type { BisectDocument, FlipDocument } from '../../../src/bisect/document.ts';
import type { Candidate } from '../../../src/bisect/commit-index.ts';
import { wasOpen } from '../../../src/postgres/open-transactions.ts';
import { drillsIn } from '../../../src/store/run-folders.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';

const candidate = (xid: string): Candidate => ({
  xid,
  at: null,
  lsn: 0n,
  before: { after: 0n, before: 0n },
  after: { after: 0n, before: 0n },
  isPrepared: false,
  subtransactions: [],
  changesRelations: false,
  counts: new Map(),
  commitBefore: null,
  followsCandidate: false,
});

/** Asked at 10, 20, …; `xids`: what ended since the place before. */
function asked(...all: [State | null, ...string[]][]): Asked[] {
  return all.map(([state, ...xids], index) => {
    const at = BigInt(10 * index + 10);
    const answer = { state, message: state === null ? 'a lock' : null, code: null };
    return { point: { after: at - 1n, before: at }, candidates: xids.map(candidate), answer, replayedTo: at };
  });
}

const xidsOf = (all: Asked[]): string[] =>
  flipsIn(all).map(
    ({ before, after, candidates }) =>
      `${before.answer.state} ${after.answer.state} ${candidates.map(({ xid }) => xid).join()}`,
  );

describe('changes of the answer', () => {
  test.each<[string, Asked[], string[]]>([
    ['none', asked(['true'], ['true', '7']), []],
    ['one', asked(['true'], ['true', '6'], ['false', '7']), ['true false 7']],
    ['there and back', asked(['true'], ['false', '7'], ['true', '8']), ['true false 7', 'false true 8']],
    ['over a place without an answer', asked(['true'], [null, '7'], ['false', '8']), ['true false 7,8']],
    ['there and back unseen', asked(['true'], [null, '7'], ['true', '8']), []],
    ['by nobody that is known', asked(['true'], ['false']), ['true false ']],
  ])('%s', (_, all, expected) => {
    expect(xidsOf(all)).toEqual(expected);
  });

  test.each<[State, State, boolean]>([
    ['true', 'false', true],
    ['true', 'null', true],
    ['true', 'error', true],
    ['false', 'true', false],
    ['false', 'error', false],
    ['error', 'false', false],
  ])('from %s to %s makes it false: %s', (from, to, expected) => {
    const [before, after] = asked([from], [to, '7']);
    if (before === undefined || after === undefined) throw new Error('two places');
    expect(madeFalse({ before, after })).toBe(expected);
  });

  test('what nobody explains is looked into once more, with all transactions, and then no more', () => {
    const flips = flipsIn(asked(['true'], ['false'], ['true', '8'], ['false', '9']));
    expect(narrowed(flips, { isEach: true, all: false })).toMatchObject({ all: true, flip: flips[0] });
    expect(narrowed(flips, { isEach: true, all: true })).toBeNull();
    expect(narrowed(flips, { isEach: false, all: false })).toMatchObject({ all: false, flip: flips[2] });
    expect(narrowed(flips.slice(1), { isEach: true, all: false })).toBeNull();
  });
});

type Findings = Parameters<typeof outcomeOf>[0];
const answer = (state: State | null): BisectDocument['start'] => ({ state, message: null, lsn: '0/1' });
const flip = (transactions: number): FlipDocument =>
  ({ transactions: Array.from({ length: transactions }, () => ({})), madeFalse: true }) as unknown as FlipDocument;
const reason = (code: string): Findings['reason'] => ({ code, message: 'm', hint: null });

describe('the outcome', () => {
  const NOTHING: Findings = { start: answer('true'), last: answer('true'), flips: [], culprit: null, reason: null };

  test.each<[string, Partial<Findings>, boolean, string]>([
    ['one transaction', { flips: [flip(1)], culprit: 0 }, true, 'found'],
    ['one of two', { flips: [flip(2)], culprit: 0 }, true, 'inconclusive'],
    ['none that is known', { flips: [flip(0)], culprit: 0 }, true, 'inconclusive'],
    ['no change to false', { flips: [flip(1)] }, true, 'not-made-false'],
    ['true all along', {}, true, 'always-true'],
    ['true wherever it was asked, which was not everywhere', {}, false, 'inconclusive'],
    ['true, and at the end no answer', { last: answer(null) }, true, 'inconclusive'],
    ['false all along', { start: answer('false'), last: answer('false') }, true, 'never-true'],
    ['nothing was asked', { start: null, last: null }, true, 'inconclusive'],
    [
      'something ended it, whatever was found',
      { flips: [flip(1)], culprit: 0, reason: reason('disk-full') },
      true,
      'inconclusive',
    ],
    ['a signal ended it', { reason: reason('cancelled') }, true, 'cancelled'],
  ])('%s', (_, findings, isEach, expected) => {
    expect(outcomeOf({ ...NOTHING, ...findings }, isEach)).toBe(expected);
  });
});

test.each<[string, string[], (string | null)[][], State]>([
  ['true', ['16'], [['t']], 'true'],
  ['false', ['16'], [['f']], 'false'],
  ['null', ['16'], [[null]], 'null'],
  ['no row', ['16'], [], 'null'],
  ['two rows', ['16'], [['t'], ['t']], 'error'],
  ['a number', ['23'], [['1']], 'error'],
])('an answer of %s', (_, types, rows, state) => {
  const result = { columns: ['a'], types: types.map(Number), rows, rowCount: rows.length };
  expect(truthOf(result as never).state).toBe(state);
});

describe('a transaction that may have been open where the range begins', () => {
  test.each<[string[], bigint, bigint, boolean]>([
    [['759'], 759n, 760n, true],
    [['758'], 759n, 760n, false],
    [['760'], 759n, 760n, false],
    [['761', '759'], 759n, 760n, true],
    [['759'], 760n, 760n, false],
    [['3'], 2n ** 32n - 5n, 2n ** 32n + 4n, true],
    [['4'], 2n ** 32n - 5n, 2n ** 32n + 4n, false],
    [['4294967290'], 2n ** 32n - 5n, 2n ** 32n + 4n, false],
    [['4294967291'], 2n ** 32n - 5n, 2n ** 32n + 4n, true],
  ])('%s, of %i to %i: %s', (xids, from, before, expected) => {
    expect(wasOpen(xids, { from, before })).toBe(expected);
  });
});

test('what a bisection leaves is taken for no run of a drill', () => {
  const reports = temporaryDirectory();
  new BisectFolder(reports, 'bisect-20261130T072000Z-0001').keep('bisect.json', '{}');
  expect(drillsIn(reports)).toEqual([]);
});
