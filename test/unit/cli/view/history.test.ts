import { describe, expect, test } from 'vitest';
import { historyJson, historyText } from '../../../../src/cli/view/history.ts';
import { sparkline } from '../../../../src/cli/view/sparkline.ts';
import { plain } from '../../../../src/cli/view/style.ts';
import { table } from '../../../../src/cli/view/table.ts';
import { pastReport, type PastRun } from '../../../../src/store/past-runs.ts';
import type { DrillReport } from '../../../../src/report/report.ts';
import { runEndedIn, sampleReport } from '../../../fixtures/sample-report.ts';

const past = (report: DrillReport): PastRun => ({
  file: `reports/${report.drill}/${report.runId}/report.json`,
  report: pastReport(report),
});

function timed(runId: string, measuredMs: number, met: boolean | null = null): PastRun {
  const { rto } = sampleReport();
  const objectiveMs = met === null ? null : 60_000;
  return past(sampleReport({ drill: 'orders', runId, rto: { ...rto, measuredMs, objectiveMs, met } }));
}

test.each([
  ['no runs', [], []],
  ['runs', [timed('R1', 10_000), timed('R2', 20_000, false)], []],
  ['what cannot be read', [timed('R1', 10_000)], [{ drill: 'a\nb', runId: 'R9', file: 'f', problem: 'a\nb' }]],
])('the JSON of %s, piece by piece, is that of the whole', (_, runs, unreadable) => {
  const rows = runs.map(({ file, report }) => ({
    ...Object.fromEntries(
      (['runId', 'drill', 'startedAt', 'verdict', 'reasons', 'repo', 'backup', 'target', 'rto', 'rpo'] as const).map(
        (key) => [key, report[key]],
      ),
    ),
    file,
  }));
  const whole = `${JSON.stringify({ runs: rows, unreadable }, null, 2)}\n`;
  expect([...historyJson({ runs, unreadable })].join('')).toBe(whole);
});

describe('historyText', () => {
  test('has a row a run, with the RTO against its objective', () => {
    const text = historyText(
      { runs: [timed('R1', 30_000, true), timed('R2', 90_000, false)], unreadable: [] },
      'reports',
    );
    expect(text).toMatch(/orders .*30\.0 s \/ 1m 00s ✓.* R1$/m);
    expect(text).toMatch(/orders .*1m 30s \/ 1m 00s ✗.* R2$/m);
  });

  test('draws the trend of each drill that has measured more than once', () => {
    const text = historyText({ runs: [timed('R1', 10_000), timed('R2', 20_000)], unreadable: [] }, 'reports');
    expect(text).toMatch(/RTO of orders +▁█ +10\.0 s to 20\.0 s, last 20\.0 s/);
    expect(historyText({ runs: [timed('R1', 10_000)], unreadable: [] }, 'reports')).not.toMatch(/RTO of/);
  });

  test('a run that measured nothing has no number', () => {
    const failed = past({ ...runEndedIn('preflight'), runId: 'R9' });
    expect(historyText({ runs: [failed], unreadable: [] }, 'reports')).toMatch(/failed .* - .*R9$/m);
  });

  test.each([
    [200, 'STARTED DRILL VERDICT BACKUP TARGET RTO RPO RUN'],
    [110, 'DRILL VERDICT TARGET RTO RPO RUN'],
    [20, 'DRILL VERDICT RTO RUN'],
  ])('a terminal of %i columns gets the columns that it has room for', (width, head) => {
    const text = historyText(
      { runs: [timed('20261121T034512Z-3f9a', 30_000)], unreadable: [] },
      'reports',
      plain,
      width,
    );
    expect(text.split('\n')[0]?.replaceAll(/ +/g, ' ')).toBe(head);
  });

  test('an RPO that does not apply has no red mark', () => {
    const report = sampleReport({ runId: 'R1' });
    const rpo = { ...report.rpo, measuredMs: null, met: null, applies: false, objectiveMs: 60_000 };
    expect(historyText({ runs: [past({ ...report, rpo })], unreadable: [] }, 'reports')).toMatch(/- \/ 1m 00s – +R1$/m);
  });

  test('names the repository of each run only where they differ', () => {
    const { source } = sampleReport();
    const other = past(
      sampleReport({ runId: 'R2', source: { ...source, repo: source.repo && { ...source.repo, key: 7 } } }),
    );
    const lost = past({ ...runEndedIn('preflight'), runId: 'R3', source: { ...source, repo: null } });
    expect(historyText({ runs: [timed('R1', 1000)], unreadable: [] }, 'reports')).not.toContain('REPO');
    const text = historyText({ runs: [timed('R1', 1000), other, lost], unreadable: [] }, 'reports');
    expect(text).toMatch(/passed +2 .*R1$/m);
    expect(text).toMatch(/passed +7 .*R2$/m);
    expect(text).toMatch(/failed +2 .*R3$/m);
  });

  test('reports that cannot be read are listed, not passed over', () => {
    const unreadable = [{ drill: 'orders', runId: 'R3', file: 'reports/orders/R3/report.json', problem: 'no report' }];
    const text = historyText({ runs: [], unreadable }, 'reports');
    expect(text).toContain('reports/orders/R3/report.json: no report');
  });

  test('says so when there is nothing', () => {
    expect(historyText({ runs: [], unreadable: [] }, 'reports')).toBe('No runs in reports yet.\n');
  });
});

describe('sparkline', () => {
  test.each<[(number | null)[], string]>([
    [[0, 7], '▁█'],
    [[1, 2, 3, 4, 5, 6, 7, 8], '▁▂▃▄▅▆▇█'],
    [[5, 5], '▅▅'],
    [[1, null, 8], '▁·█'],
    [[null], '·'],
    [[], ''],
  ])('%o is %s', (values, text) => {
    expect(sparkline(values)).toBe(text);
  });
});

test('a table aligns its columns, whatever colours are in them', () => {
  expect(
    table([
      ['A', 'LONG'],
      ['\u001B[31mbcd\u001B[39m', 'x'],
    ]),
  ).toBe('A    LONG\n\u001B[31mbcd\u001B[39m  x\n');
  expect(table([])).toBe('');
});

test.each([
  ['日本', '日本  x\nabcd  x\n'],
  ['e\u0301tat', 'e\u0301tat  x\nabcd  x\n'],
  ['👨‍👩‍👧', '👨‍👩‍👧    x\nabcd  x\n'],
])('a table counts the columns that a terminal shows %j in', (cell, text) => {
  expect(
    table([
      [cell, 'x'],
      ['abcd', 'x'],
    ]),
  ).toBe(text);
});
