import { describe, expect, test } from 'vitest';
import { onSocket } from '../../../../src/core/endpoint.ts';
import { copiesSummary, keptText, resultText } from '../../../../src/cli/view/show-result.ts';
import type { DrillReport } from '../../../../src/report/report.ts';
import {
  provenCopy,
  runEndedIn,
  sampleCheck,
  sampleCopy,
  sampleReason,
  sampleReport,
} from '../../../fixtures/sample-report.ts';

const textOf = (report: DrillReport): string => resultText({ report, folder: 'reports/orders/R1' });

describe('the closing summary', () => {
  test('says the verdict first and the report last', () => {
    const lines = textOf(sampleReport()).trimEnd().split('\n');
    expect(lines[0]).toMatch(/^PASSED /);
    expect(lines.at(-1)).toMatch(/report +reports\/orders\/R1\/report\.md$/);
  });

  test('marks an objective that was met, and one that was not', () => {
    const { rto, rpo } = sampleReport();
    const text = textOf(
      sampleReport({
        rto: { ...rto, measuredMs: 90_000, objectiveMs: 60_000, met: false },
        rpo: { ...rpo, measuredMs: 1000, objectiveMs: 60_000, met: true, upperBound: false },
      }),
    );
    expect(text).toMatch(/RTO +1m 30s, objective 1m ✗/);
    expect(text).toMatch(/RPO +1\.0 s, objective 1m ✓/);
  });

  test('an RPO that is an upper bound is told as one', () => {
    const { rpo } = sampleReport();
    const text = textOf(sampleReport({ rpo: { ...rpo, measuredMs: 600_000, upperBound: true, archiveAgeMs: 30_000 } }));
    expect(text).toMatch(/RPO +at most 10m 00s.*the newest archived WAL is 30\.0 s old/);
  });

  test('what was not measured is no number, and misses its objective', () => {
    const report = runEndedIn('restore');
    const text = textOf({ ...report, rto: { ...report.rto, objectiveMs: 60_000, met: null } });
    expect(text).toMatch(/RTO +not measured, objective 1m –/);
    expect(text).toMatch(/target .*: not reached/);
    expect(text).not.toMatch(/validated/);
  });

  test('names reasons with their hints, those that only warn last', () => {
    const reasons = [
      sampleReason({ code: 'check-warning', message: 'a warning', hint: null }),
      sampleReason({ code: 'wal-missing', message: 'a hole', hint: 'look for it' }),
    ];
    const lines = textOf(sampleReport({ verdict: 'failed', reasons })).split('\n');
    expect(lines.slice(1, 4)).toEqual([
      '  ✗ wal-missing: a hole',
      '  ! check-warning: a warning',
      '  target      the end of the archive: reached',
    ]);
    expect(lines.filter((line) => line !== '').at(-1)).toBe('  next        look for it');
  });

  test('counts checks of the data apart from assertions of isolation', () => {
    const checks = [sampleCheck(), sampleCheck({ status: 'failed' }), sampleCheck({ kind: 'isolation' })];
    expect(textOf(sampleReport({ checks }))).toMatch(/checks +1 of 2 passed; isolation 1 of 1 held/);
  });

  test('says so when something could not be removed', () => {
    const cleanup = { done: false, kept: null, steps: [] };
    expect(textOf(sampleReport({ cleanup }))).toMatch(/cleanup +something could not be removed/);
  });

  test('keeps to the width of the terminal, words and numbers whole, later lines indented', () => {
    const reasons = [
      sampleReason({ message: 'WAL segment 00000001000000000000002A, which the backup needs, is not in the archive' }),
    ];
    const text = resultText({ report: sampleReport({ verdict: 'failed', reasons }), folder: 'r' }, undefined, 60);
    const lines = text.trimEnd().split('\n');
    expect(lines.filter((line) => line.length > 60)).toEqual([]);
    expect(text).toContain('00000001000000000000002A');
    expect(lines.slice(1).filter((line) => !line.startsWith('  '))).toEqual([]);
  });

  test('has no colours unless asked for', () => {
    expect(textOf(sampleReport())).not.toContain('\u001B');
  });
});

describe('an instance that was kept', () => {
  const endpoint = onSocket('/srv/my drills/R1/s', 20_001, 'postgres');

  test('can be connected to and ended by what is printed', () => {
    const text = keptText({ report: sampleReport({ runId: 'R1' }) }, endpoint, ['--scratch', '/srv/my drills']);
    expect(text).toContain("psql -h '/srv/my drills/R1/s' -p 20001 -U postgres -d postgres");
    expect(text).toContain("drill sweep --run R1 --scratch '/srv/my drills'");
  });

  test('needs no scratch directory to be named when it lies in the usual one', () => {
    const text = keptText({ report: sampleReport({ runId: 'R1' }) }, endpoint, []);
    expect(text).toMatch(/drill sweep --run R1$/m);
  });
});

describe('the copies, after several drills of one stanza', () => {
  const first = sampleReport({
    copies: [provenCopy({ key: 1, type: 'posix', location: '/r1' }), sampleCopy({ key: 2 })],
  });
  const failed = sampleCopy({ key: 2, thisRun: true, lastVerdict: 'failed' });

  test('what each drill says of its own copy counts, wherever the others looked', () => {
    const second = sampleReport({ copies: [sampleCopy(), failed] });
    expect(copiesSummary([first, second])).toBe(
      [
        '',
        'Copies of main: 1 of 2 proven',
        '  ✓ repository 1 (posix, /r1): last proven 2026-11-21 03:00:00 UTC',
        '  ✗ repository 2 (posix, /var/lib/pgbackrest): never proven; its last drill failed',
        '',
      ].join('\n'),
    );
  });

  test('one drill, drills of different stanzas, and a single copy need none', () => {
    const other = sampleReport({ source: { ...first.source, stanza: 'other' } });
    const single = sampleReport({ copies: [provenCopy()] });
    expect(copiesSummary([first])).toBe('');
    expect(copiesSummary([first, other])).toBe('');
    expect(copiesSummary([single, single])).toBe('');
  });
});

test('the result has a line about the copies', () => {
  expect(textOf(sampleReport())).toMatch(
    /copies +1 of 2 copies is proven by this run\. Never proven: repository 1\.$/m,
  );
});
