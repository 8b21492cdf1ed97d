import { describe, expect, test } from 'vitest';
import { provenCopies } from '../../../src/site/proven-copies.ts';
import type { PastRun } from '../../../src/store/past-runs.ts';
import { daysBefore, endedRun, runsOf } from '../../fixtures/site-data.ts';

const HERE = { key: 1, type: 'posix', host: null, location: '/r1' } as const;

/** Runs of one after the other day, the last on the day of the sample. */
function copiesOf(...changes: readonly Partial<PastRun>[]) {
  const ended = changes.map((change, index) =>
    endedRun(daysBefore(changes.length - 1 - index), { stanza: 'main', systemId: '7', copy: HERE, ...change }),
  );
  return provenCopies(runsOf(ended)).map(({ key, location, proven }) => ({ key, location, proven }));
}

const failed = { verdict: 'failed' } as const;
const inconclusive = { verdict: 'inconclusive' } as const;

describe('whether a copy is proven', () => {
  test.each<[string, Partial<PastRun>[], boolean]>([
    ['it passed', [{}], true],
    ['it failed since', [{}, failed], false],
    ['it passed again', [failed, {}], true],
    ['an inconclusive run takes nothing away', [{}, inconclusive], true],
    ['nor does it mend a failure', [{}, failed, inconclusive], false],
    ['no run of it had an answer', [inconclusive], false],
    ['a failed run that did not know the cluster counts', [{}, { ...failed, systemId: null }], false],
    [
      'one that did not know the place counts',
      [{}, { ...failed, copy: { ...HERE, location: null, type: null } }],
      false,
    ],
  ])('%s', (_, changes, proven) => {
    expect(copiesOf(...changes)).toEqual([{ key: 1, location: '/r1', proven }]);
  });
});

describe('which copies there are', () => {
  test.each<[string, Partial<PastRun>]>([
    ['another path', { copy: { ...HERE, location: '/r9' } }],
    ['another host', { copy: { ...HERE, host: 'backup' } }],
    ['another kind of storage', { copy: { ...HERE, type: 's3' } }],
    ['another cluster', { systemId: '8' }],
    ['another stanza', { stanza: 'other' }],
    ['another number', { copy: { ...HERE, key: 2 } }],
  ])('%s is another copy', (_, change) => {
    expect(copiesOf({}, { ...change, ...failed })).toHaveLength(2);
  });

  test('a run that drilled none adds none', () => {
    expect(copiesOf({ copy: null })).toEqual([]);
  });

  test('one that knew little counts against each that it may have been about', () => {
    const moved = { copy: { ...HERE, location: '/r9' } };
    expect(copiesOf({}, moved, { ...failed, copy: { ...HERE, location: null } })).toEqual([
      { key: 1, location: '/r1', proven: false },
      { key: 1, location: '/r9', proven: false },
    ]);
  });
});
