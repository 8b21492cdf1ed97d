import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findRun, readReport, type RunList } from '../../../src/store/past-runs.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';
import { sampleReport } from '../../fixtures/sample-report.ts';

const ended = (run: string) => ({ run, drill: 'orders', repo: 1, rtoMs: null, start: 0, length: 0 });
const startedAt = '2026-11-22T03:00:00.000Z';
const list: RunList = {
  ended: ['20261101T030000Z-aaaa', '20261121T030000Z-bbbb', '20261121T030500Z-cccc'].map(ended),
  fallbacks: ['20261121T030600Z-ffff'].map(ended),
  withoutReport: [{ drill: 'orders', run: '20261122T030000Z-dddd', number: 4, startedAt, state: 'lost' }],
  unrecorded: [{ drill: 'orders', run: '20261123T030000Z-eeee', file: 'e/report.json' }],
  missed: [],
  unreadableLines: 0,
};

describe('findRun', () => {
  test.each([
    ['latest', '20261121T030500Z-cccc'],
    ['20261121T030000Z-bbbb', '20261121T030000Z-bbbb'],
    ['20261121T0306', '20261121T030600Z-ffff'],
    ['20261101', '20261101T030000Z-aaaa'],
    ['20261123', '20261123T030000Z-eeee'],
    ['orders/20261101', '20261101T030000Z-aaaa'],
  ])('%s is %s', (which, run) => {
    expect(findRun(list, which)).toMatchObject({ drill: 'orders', run });
  });

  test.each([
    ['20261121', /3 runs begin with 20261121: .*bbbb, .*cccc, .*ffff/],
    ['20261122', /20261122T030000Z-dddd has no report: it was killed/],
    ['2027', /there is no run 2027/],
  ])('%s is refused: %s', (which, message) => {
    expect(() => findRun(list, which)).toThrow(message);
  });

  test('a run whose id another drill has as well is named with its drill', () => {
    const twice = { ...list, ended: [...list.ended, { ...ended('20261101T030000Z-aaaa'), drill: 'users' }] };
    expect(() => findRun(twice, '20261101T030000Z-aaaa')).toThrow(/2 runs begin with/);
    expect(findRun(twice, 'users/20261101T030000Z-aaaa')).toMatchObject({ drill: 'users' });
  });

  test('the latest of no runs is none', () => {
    expect(() => findRun({ ended: [], fallbacks: [], withoutReport: [], unrecorded: [] }, 'latest')).toThrow(
      'there is no run on record yet',
    );
  });
});

test.each([
  ['is not there', null, /is not there any more/],
  ['is broken', '{"schemaVersion": 1', /cannot be read as a report: .*JSON/],
  ['is of another version', '{"schemaVersion": 99}', /schema version 99; this pgdrill reads 1/],
  ['lacks fields', JSON.stringify({ ...sampleReport(), verdict: undefined }), /not as its schema says: verdict: /],
])('a report that %s is refused with the reason', (_, content, message) => {
  const file = join(temporaryDirectory(), 'run', 'report.json');
  mkdirSync(join(file, '..'));
  if (content !== null) writeFileSync(file, content);
  expect(() => readReport(file)).toThrow(message);
});
