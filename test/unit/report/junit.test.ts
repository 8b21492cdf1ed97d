import { describe, expect, test } from 'vitest';
import { renderJunit } from '../../../src/report/junit.ts';
import type { DrillReport } from '../../../src/report/report.ts';
import { runEndedIn, sampleAssertion, sampleCheck, sampleReason, sampleReport } from '../../fixtures/sample-report.ts';

interface Suite {
  readonly xml: string;
  readonly counts: {
    readonly tests: number;
    readonly failures: number;
    readonly errors: number;
    readonly skipped: number;
  };
}

function suiteOf(report: DrillReport): Suite {
  const xml = renderJunit(report);
  const head = /<testsuite [^>]*>/.exec(xml)?.[0] ?? '';
  const count = (name: string): number => Number(new RegExp(` ${name}="(\\d+)"`).exec(head)?.[1]);
  return {
    xml,
    counts: { tests: count('tests'), failures: count('failures'), errors: count('errors'), skipped: count('skipped') },
  };
}

/** The element of one test case, with what stands inside it. */
function caseOf(xml: string, name: string): string {
  const found = xml.split('<testcase ').find((element) => element.includes(` name="${name}" time=`));
  if (found === undefined) throw new Error(`no test case ${name}`);
  return found;
}

describe('a passed run', () => {
  const { xml, counts } = suiteOf(sampleReport());

  test('has phases, the proof, checks, stated objectives and the verdict, all green', () => {
    // six phases, the proof, three checks, RTO and RPO (no objective for the age of the backup), the verdict
    expect(counts).toEqual({ tests: 13, failures: 0, errors: 0, skipped: 0 });
    expect([...xml.matchAll(/<testcase /g)]).toHaveLength(13);
    expect([...xml.matchAll(/<testsuite /g)]).toHaveLength(1);
  });

  test('carries times in seconds and what was run', () => {
    expect(caseOf(xml, 'restore')).toContain('time="540.000"');
    expect(xml).toContain('timestamp="2026-11-21T03:00:00"');
    expect(xml).toContain('<property name="runId" value="20261121T030000Z-3f9a"/>');
  });

  test('gives the proof', () => {
    expect(caseOf(xml, 'the recovery target was provably reached')).toContain('PostgreSQL replayed up to 0/32000000');
  });
});

describe('a run that did not pass', () => {
  test.each(['preflight', 'provision', 'restore', 'recover', 'verify'] as const)(
    'failed in %s: red, with the reason',
    (phase) => {
      const { xml, counts } = suiteOf(runEndedIn(phase));
      expect(counts.failures).toBeGreaterThanOrEqual(2);
      expect(caseOf(xml, phase)).toContain('<failure type="failed" message="wal-missing: WAL segment');
      expect(caseOf(xml, 'verdict')).toContain('<failure');
    },
  );

  test('failed though every part of it looks fine: still red', () => {
    const { counts } = suiteOf(sampleReport({ verdict: 'failed', reasons: [] }));
    expect(counts.failures).toBe(1);
  });

  test.each(['inconclusive', 'cancelled'] as const)('%s: errors, no failures', (verdict) => {
    const { xml, counts } = suiteOf(
      runEndedIn('provision', { verdict, reasons: [sampleReason({ code: 'disk-full', phase: 'provision' })] }),
    );
    expect(counts.failures).toBe(0);
    expect(counts.errors).toBeGreaterThanOrEqual(2);
    expect(caseOf(xml, 'verdict')).toContain(`<error type="${verdict}" message="disk-full: `);
  });

  test('what was not reached is skipped, never green', () => {
    const { xml } = suiteOf(runEndedIn('restore'));
    for (const name of [
      'recover',
      'verify',
      'the recovery target was provably reached',
      'RTO of at most 30m 00s',
      'RPO of at most 5m 00s',
    ]) {
      expect(caseOf(xml, name)).toContain('<skipped message="the run ended before');
    }
  });

  test('a recovery that was tried and not proven is a failure', () => {
    const { xml } = suiteOf(runEndedIn('verify', { reasons: [] }));
    expect(caseOf(xml, 'the recovery target was provably reached')).toContain(
      '<failure type="failed" message="nothing shows',
    );
  });

  test('a missed objective, a failed check and one that could not be evaluated', () => {
    const checks = [
      sampleAssertion({ status: 'failed', observed: 'always' }),
      sampleCheck({ name: 'wrong', status: 'failed', expected: '1', observed: '2' }),
      sampleCheck({ name: 'broken', status: 'error', observed: null, message: 'no such table' }),
      sampleCheck({ name: 'left out', status: 'skipped', observed: null, message: 'the run was ended before' }),
    ];
    const rto = { ...sampleReport().rto, objectiveMs: 60_000, met: false };
    const { xml } = suiteOf(sampleReport({ verdict: 'failed', checks, rto }));
    expect(caseOf(xml, 'the copy archives no WAL')).toContain('<failure');
    expect(caseOf(xml, 'wrong')).toContain('<failure type="check-failed" message="expected 1, observed 2">');
    expect(caseOf(xml, 'broken')).toContain('<error type="check-error" message="no such table">');
    expect(caseOf(xml, 'left out')).toContain('<skipped message="the run was ended before"/>');
    expect(caseOf(xml, 'RTO of at most 1m 00s')).toContain('<failure type="rto-missed"');
  });
});

test('a passed run with warnings is not red, and the warnings are not green', () => {
  const checks = [sampleAssertion(), sampleCheck({ name: 'soft', severity: 'warning', status: 'failed' })];
  const cleanup = { done: false, kept: null, steps: [{ label: 'remove it', ok: false, message: 'busy' }] };
  const { xml, counts } = suiteOf(
    sampleReport({ checks, cleanup, reasons: [sampleReason({ code: 'check-warning' })] }),
  );
  expect(counts).toMatchObject({ failures: 0, errors: 0, skipped: 2 });
  expect(caseOf(xml, 'soft')).toContain('<skipped message="warning, failed: expected');
  expect(caseOf(xml, 'cleanup')).toContain('<skipped message="not everything could be removed"/>');
});
