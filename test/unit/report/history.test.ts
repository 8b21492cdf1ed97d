import { describe, expect, test } from 'vitest';
import { findRun, pastReport, type History } from '../../../src/store/past-runs.ts';
import { sampleReport } from '../../fixtures/sample-report.ts';

const run = (runId: string) => ({ file: `${runId}/report.json`, report: pastReport(sampleReport({ runId })) });
const history: History = {
  runs: [run('20261101T030000Z-aaaa'), run('20261121T030000Z-bbbb'), run('20261121T030500Z-cccc')],
  unreadable: [{ drill: 'orders', runId: '20261122T030000Z-dddd', file: 'd/report.json', problem: 'no report' }],
};

describe('findRun', () => {
  test.each([
    ['latest', '20261121T030500Z-cccc'],
    ['20261121T030000Z-bbbb', '20261121T030000Z-bbbb'],
    ['20261101', '20261101T030000Z-aaaa'],
  ])('%s is %s', (which, runId) => {
    expect(findRun(history, which).report.runId).toBe(runId);
  });

  test.each([
    ['20261121', /2 runs begin with 20261121: .*bbbb, .*cccc/],
    ['20261122', /has no report that can be read .*no report/],
    ['2027', /there is no run 2027/],
  ])('%s is refused: %s', (which, message) => {
    expect(() => findRun(history, which)).toThrow(message);
  });

  test('the latest of no runs is none', () => {
    expect(() => findRun({ runs: [], unreadable: [] }, 'latest')).toThrow('there is no run yet');
  });
});
