import { describe, expect, test } from 'vitest';
import { fallbackResult, fallbackText, withResult } from '../../../src/report/document/fallback.ts';
import type { FallbackReport } from '../../../src/report/fallback.ts';
import { renderMarkdown } from '../../../src/report/markdown.ts';
import { runEndedIn, sampleReport } from '../../fixtures/sample-report.ts';

const TRIED: FallbackReport = {
  tried: true,
  code: 'wal-missing',
  why: 'it is another copy',
  repo: 2,
  backup: 'latest',
  target: { type: 'latest', value: null },
  run: null,
  verdict: null,
  recoveredTo: null,
  rtoMs: null,
  result: null,
};

describe('the answer', () => {
  const sample = sampleReport();
  const label = sample.source.backup?.label ?? '';
  const recovery = sample.recovery && { ...sample.recovery, lastCommitAt: '2026-11-29T14:02:11.250Z' };
  const recovered = { recovery, rto: { ...sample.rto, measuredMs: 720_000 } };

  test('of one that passed: what recovers, to when, and how long it took', () => {
    expect(fallbackResult(sampleReport(recovered))).toBe(
      `fallback: set ${label} of repository 2 recovers to 2026-11-29 14:02:11 UTC, measured RTO 12m 00s`,
    );
  });

  test('of one that recovers and does not pass names what speaks against it, and no warning', () => {
    const reasons = ['check-failed', 'other-branch', 'check-failed'].map((code) => {
      return { code, message: 'found 4711', phase: null, hint: null };
    });
    const text = fallbackResult(sampleReport({ ...recovered, verdict: 'failed', reasons }));
    expect(text).toMatch(/^fallback failed too: .* recovers to .*, measured RTO 12m 00s, but check-failed$/);
  });

  test('of one that recovers and only misses an objective is that it recovers', () => {
    const reasons = [{ code: 'rto-missed', message: 'too long', phase: null, hint: null }];
    const text = fallbackResult(sampleReport({ ...recovered, verdict: 'failed', reasons }));
    expect(text).toMatch(/^fallback: .* recovers to .*, but rto-missed$/);
  });

  test('of one that reached nothing', () => {
    expect(fallbackResult(runEndedIn('recover'))).toMatch(
      /^fallback failed too: .* was not recovered \(wal-missing\)$/,
    );
  });

  test('of one in which nothing was committed is the end of the set', () => {
    const text = fallbackResult(sampleReport({ recovery: recovery && { ...recovery, lastCommitAt: null } }));
    expect(text).toContain('recovers to its own end, 20');
  });
});

test('what is tried, and what is not', () => {
  expect(fallbackText(TRIED)).toBe(
    'fallback after wal-missing: the newest set of repository 2 is tried, because it is another copy',
  );
  const none = { ...TRIED, tried: false, code: null, why: 'the deadline of the plan is over' };
  expect(fallbackText(none)).toBe('no fallback, because the deadline of the plan is over');
});

test('the report of a fallback says on top that it is one', () => {
  const [, , first] = renderMarkdown(sampleReport({ fallbackOf: '20261121T030000Z-aaaa' })).split('\n');
  expect(first).toContain('This is a fallback, and no drill of its own');
  expect(first).toContain('20261121T030000Z-aaaa');
});

test('the report of the run that failed says what is tried, and what came of it once that is known', () => {
  const failed = runEndedIn('recover', { fallback: TRIED });
  expect(renderMarkdown(failed)).toContain('Fallback after wal-missing: the newest set of repository 2 is tried');
  const known = runEndedIn('recover', { fallback: withResult(TRIED, sampleReport()) });
  expect(renderMarkdown(known)).toContain('recovers to');
});
