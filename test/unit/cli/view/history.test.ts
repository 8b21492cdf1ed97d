import { describe, expect, test } from 'vitest';
import { historyJson, historyText } from '../../../../src/cli/view/history.ts';
import { sparkline } from '../../../../src/cli/view/sparkline.ts';
import { plain } from '../../../../src/cli/view/style.ts';
import { table } from '../../../../src/cli/view/table.ts';
import type { History, PastRun } from '../../../../src/store/past-runs.ts';
import { pastRunOf, shownHistory } from '../../../fixtures/past-run.ts';
import { provenCopy, runEndedIn, sampleReport } from '../../../fixtures/sample-report.ts';

const historyOf = (runs: readonly PastRun[], others: Partial<History> = {}): History => ({
  runs,
  fallbacks: [],
  withoutReport: [],
  unrecorded: [],
  missed: [],
  unreadableLines: 0,
  ...others,
});

function timed(runId: string, measuredMs: number, met: boolean | null = null): PastRun {
  const { rto } = sampleReport();
  const objectiveMs = met === null ? null : 60_000;
  return pastRunOf(sampleReport({ drill: 'orders', runId, rto: { ...rto, measuredMs, objectiveMs, met } }));
}

test.each<[string, History]>([
  ['no runs', historyOf([])],
  ['runs', historyOf([timed('R1', 10_000), timed('R2', 20_000, false)])],
  [
    'what has no report',
    historyOf([timed('R1', 10_000)], {
      withoutReport: [{ drill: 'a', run: 'R9', number: 2, startedAt: '2026-11-21T03:00:00.000Z', state: 'lost' }],
      unrecorded: [{ drill: 'a\nb', run: 'R8', file: 'f' }],
      unreadableLines: 1,
    }),
  ],
])('the JSON of %s, piece by piece, is that of the whole', (_, history) => {
  const { fallbacks, withoutReport, unrecorded, missed, unreadableLines } = history;
  const runs = history.runs.map((one) => ({
    runId: one.run,
    number: one.number,
    drill: one.drill,
    startedAt: one.startedAt,
    verdict: one.verdict,
    reasons: one.reasons,
    repo: one.copy?.key ?? null,
    backup: one.backup?.label ?? null,
    target: one.target,
    rto: one.rto,
    rpo: one.rpo,
    recorded: one.recorded,
    file: one.file,
  }));
  expect([...historyJson(history, [])].join('')).toBe(
    `${JSON.stringify({ runs, fallbacks, withoutReport, unrecorded, missed, selfTests: [], unreadableLines }, null, 2)}\n`,
  );
});

describe('historyText', () => {
  test('has a row a run, with the RTO against its objective', () => {
    const text = historyText(shownHistory([timed('R1', 30_000, true), timed('R2', 90_000, false)]), 'reports');
    expect(text).toMatch(/orders .*30\.0 s \/ 1m 00s ✓.* R1$/m);
    expect(text).toMatch(/orders .*1m 30s \/ 1m 00s ✗.* R2$/m);
  });

  test('marks an RTO of WAL that was fetched ahead', () => {
    const ahead = { ...timed('R2', 10_000), walFetch: 'ahead' as const };
    const runs = [timed('R1', 20_000), ahead];
    const text = historyText(shownHistory(runs), 'reports');
    expect(text).toMatch(/10\.0 s \(WAL ahead\).* R2$/m);
    expect(text).not.toMatch(/20\.0 s \(WAL ahead\)/);
    expect([...historyJson(historyOf(runs), [])].join('').match(/"walFetch": "ahead"/g)).toHaveLength(1);
  });

  test('draws the trend of each drill that has measured more than once', () => {
    const text = historyText(shownHistory([timed('R1', 10_000), timed('R2', 20_000)]), 'reports');
    expect(text).toMatch(/RTO of orders +▁█ +10\.0 s to 20\.0 s, last 20\.0 s/);
    expect(historyText(shownHistory([timed('R1', 10_000)]), 'reports')).not.toMatch(/RTO of/);
  });

  test('a run that measured nothing has no number', () => {
    const failed = pastRunOf({ ...runEndedIn('preflight'), runId: 'R9' });
    expect(historyText(shownHistory([failed]), 'reports')).toMatch(/failed .* - .*R9$/m);
  });

  test.each([
    [200, 'STARTED DRILL VERDICT BACKUP TARGET RTO RPO RUN'],
    [110, 'DRILL VERDICT TARGET RTO RPO RUN'],
    [20, 'DRILL VERDICT RTO RUN'],
  ])('a terminal of %i columns gets the columns that it has room for', (width, head) => {
    const text = historyText(shownHistory([timed('20261121T034512Z-3f9a', 30_000)]), 'reports', plain, width);
    expect(text.split('\n')[0]?.replaceAll(/ +/g, ' ')).toBe(head);
  });

  test('an RPO that does not apply has no red mark', () => {
    const report = sampleReport({ runId: 'R1' });
    const rpo = { ...report.rpo, measuredMs: null, met: null, applies: false, objectiveMs: 60_000 };
    expect(historyText(shownHistory([pastRunOf({ ...report, rpo })]), 'reports')).toMatch(/- \/ 1m 00s – +R1$/m);
  });

  test('names the repository of each run only where they differ', () => {
    const { source } = sampleReport();
    const other = pastRunOf(sampleReport({ runId: 'R2', copies: [provenCopy({ key: 7 })] }));
    const lost = pastRunOf({ ...runEndedIn('preflight'), runId: 'R3', source: { ...source, repo: null } });
    expect(historyText(shownHistory([timed('R1', 1000)]), 'reports')).not.toContain('REPO');
    const text = historyText(shownHistory([timed('R1', 1000), other, lost]), 'reports');
    expect(text).toMatch(/passed +2 .*R1$/m);
    expect(text).toMatch(/passed +7 .*R2$/m);
    expect(text).toMatch(/failed +2 .*R3$/m);
  });

  test('a run without a report has its row; what is not on record is named', () => {
    const startedAt = '2026-11-21T03:00:00.000Z';
    const text = historyText(
      shownHistory([], {
        withoutReport: [
          { drill: 'orders', run: 'R3', number: 1, startedAt, state: 'lost' },
          { drill: 'orders', run: 'R4', number: 2, startedAt, state: 'begun' },
          { drill: 'orders', run: 'R5', number: 3, startedAt, state: 'withdrawn' },
        ],
        unrecorded: ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({
          drill: 'orders',
          run: name,
          file: `reports/${name}`,
        })),
        unreadableLines: 2,
      }),
      'reports',
    );
    expect(text).toMatch(/orders +killed .* R3$/m);
    expect(text).toMatch(/orders +under way .* R4$/m);
    expect(text).not.toContain('R5');
    expect(text).toMatch(
      /6 runs are not on record \(.*drill evidence adopt\):\n {2}… and 1 before them\n {2}reports\/b\n/,
    );
    expect(text).toContain('2 lines of the ledger cannot be read');
  });

  test('tells how many runs it does not show', () => {
    const all = [timed('R1', 10_000), timed('R2', 20_000)];
    const text = historyText({ ...shownHistory(all), last: all.slice(1) }, 'reports');
    expect(text).not.toMatch(/R1$/m);
    expect(text).toContain('1 run before these: --all shows them');
    expect(text).toContain('10.0 s to 20.0 s');
  });

  test('says so when there is nothing', () => {
    expect(historyText(shownHistory([]), 'reports')).toBe('No runs in reports yet.\n');
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
