import { describe, expect, test } from 'vitest';
import type { CopyReport } from '../../../src/report/copy.ts';
import { copiesText, copyName } from '../../../src/report/document/copies.ts';
import { renderMarkdown } from '../../../src/report/markdown.ts';
import { provenCopy, sampleCopy, sampleReport } from '../../fixtures/sample-report.ts';

const NOW = '2026-11-21T03:00:00.000Z';
const EARLIER = { lastPassedAt: '2026-11-09T03:00:00.000Z', lastPassedRunId: '20261109T030000Z-0001', thisRun: false };

describe('the sentence that counts', () => {
  test.each<[CopyReport[], string]>([
    [[provenCopy()], 'The only copy is proven by this run.'],
    [[sampleCopy()], 'The only copy is not proven.'],
    [
      [provenCopy({ ...EARLIER, lastVerdict: 'failed' })],
      'The only copy is not proven: a drill of it failed after the last one that passed (2026-11-09 03:00 UTC).',
    ],
    [[sampleCopy(), provenCopy()], '1 of 2 copies is proven by this run. Never proven: repository 1.'],
    [
      [provenCopy(EARLIER), provenCopy(), sampleCopy({ key: 3 })],
      '2 of 3 copies are proven by drills of the last 12d 00h. Never proven: repository 3.',
    ],
    [
      [sampleCopy(), provenCopy({ ...EARLIER, lastVerdict: 'failed' })],
      'None of 2 copies is proven. Never proven: repository 1. Failed since: repository 2.',
    ],
    [
      [provenCopy({ ...EARLIER, lastVerdict: 'inconclusive' }), sampleCopy({ key: 3 }), sampleCopy({ key: 4 })],
      '1 of 3 copies is proven by a drill 12d 00h ago. Never proven: repositories 3, 4.',
    ],
  ])('%#', (copies, text) => {
    expect(copiesText(copies, NOW)).toBe(text);
  });
});

test.each<[Partial<CopyReport>, string]>([
  [{}, 'repository 1 (posix, /var/lib/pgbackrest)'],
  [{ key: 2, type: null, host: 'backup-1', location: null }, 'repository 2 (on backup-1)'],
])('%j has a name', (changes, name) => {
  expect(copyName(sampleCopy(changes))).toBe(name);
});

function sectionOf(copies: CopyReport[]): string {
  const text = renderMarkdown(sampleReport({ copies }));
  return text.split('## Copies of the backup\n')[1]?.split('\n## ')[0] ?? '';
}

test('the table says where each copy is, and loudly which was never proven', () => {
  const text = sectionOf([sampleCopy(), provenCopy(), provenCopy({ ...EARLIER, key: 3, cipher: null })]);
  expect(text).toContain('| 1 | posix, `/var/lib/pgbackrest` | no | ✗ NEVER PROVEN | – none |');
  expect(text).toContain('| aes-256-cbc | this run, backup `20261120-010000F_20261121-010000I` | ✓ passed, this run |');
  expect(text).toMatch(
    /not known here \| 2026-11-09 03:00:00 UTC, 12d 00h before this run, run `20261109T030000Z-0001`/,
  );
});

test('of a single copy it says what the rule wants; of a report without any it says nothing', () => {
  expect(sectionOf([provenCopy()])).toContain('The 3-2-1 rule wants three copies');
  expect(sectionOf([provenCopy(), sampleCopy()])).not.toContain('3-2-1');
  expect(sectionOf([])).toBe('');
});
