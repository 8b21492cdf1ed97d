import { expect, test } from 'vitest';
import { renderMarkdown } from '../../../src/report/markdown.ts';
import type { DrillReport } from '../../../src/report/report.ts';
import { sampleReport } from '../../fixtures/sample-report.ts';

type Notification = DrillReport['notifications'][number];

const told: Notification = {
  channel: 'slack',
  name: 'ops',
  sent: true,
  reason: null,
  attempts: 1,
  late: null,
  kept: false,
};

/** The section of a report about who was told; it is folded where all were. */
function sectionOf(...notifications: Notification[]): string {
  const text = renderMarkdown(sampleReport({ notifications }));
  return /(?:#+ |<summary>)Notifications(?:<\/summary>)?\n+([\s\S]*?)\n+(?:#|<)/.exec(text)?.[1] ?? '';
}

test('who was told, and when what was late', () => {
  expect(sectionOf(told, { ...told, late: '2026-10-21T03:12:44.000Z' })).toBe(
    '- ✓ `ops` (slack) was told.\n- ✓ `ops` (slack) was told, late, of what happened at 2026-10-21 03:12 UTC.',
  );
});

test('who could not be told, why, and what becomes of it', () => {
  const untold = {
    ...told,
    name: 'slack',
    sent: false,
    reason: 'it answered 404: no_service',
    attempts: 1,
    kept: true,
  };
  expect(sectionOf(untold)).toBe(
    '- ⚠ `slack` could not be told: it answered 404: no_service (1 attempt). The next run sends it again.',
  );
  const unread = { ...untold, reason: 'the variable SLACK_URL is not set', attempts: 0, kept: false };
  expect(sectionOf(unread)).toContain('could not be told: the variable SLACK_URL is not set.');
});

test('where nobody is to be told, there is no such section', () => {
  expect(renderMarkdown(sampleReport())).not.toContain('Notifications');
});
