import { stripVTControlCharacters, styleText } from 'node:util';
import { expect, test } from 'vitest';
import { schedulesText, type ScheduledDrill } from '../../../../src/cli/view/schedules.ts';
import { plain, type Style } from '../../../../src/cli/view/style.ts';

const coloured: Style = (format, text) => styleText(format, text, { validateStream: false });

function drill(changes: Partial<ScheduledDrill> = {}): ScheduledDrill {
  return {
    drill: 'orders',
    schedule: '0 3 1 * * Europe/Istanbul',
    lastBegun: '2026-11-01T00:00:05.000Z',
    lastPassed: '2026-11-01T00:00:05.000Z',
    dueAt: '2026-11-01T00:00:00.000Z',
    nextDue: '2026-12-01T00:00:00.000Z',
    alarm: null,
    ...changes,
  };
}

test('the colours of a terminal stay colours, and change no text', () => {
  const drills = [drill(), drill({ alarm: 'not-run' }), drill({ schedule: null, lastBegun: null })];
  const text = schedulesText(drills, coloured);
  expect(text).not.toContain('\\u001B');
  expect(stripVTControlCharacters(text)).toBe(schedulesText(drills, plain));
});

test('a name that would steer the terminal is spelled out', () => {
  expect(schedulesText([drill({ drill: 'a\u001B[2J' })], plain)).toContain(String.raw`a\u001B[2J`);
});

test('a narrow terminal has no line that is wrapped, and keeps the state', () => {
  const text = schedulesText([drill({ alarm: 'not-passed' })], coloured, 80);
  const [head = '', row = ''] = stripVTControlCharacters(text).split('\n');
  expect(row.length).toBeLessThanOrEqual(80);
  expect(head).toMatch(/^DRILL +LAST PASSED +STATE$/);
  expect(row).toContain('✗ has not passed since 2026-11-01 00:00 UTC');
});

test('a drill that never ran is not said to have run before', () => {
  const text = schedulesText([drill({ lastBegun: null, lastPassed: null, alarm: 'not-run' })], plain);
  expect(text).toContain('✗ has never run; was due 2026-11-01 00:00 UTC');
});
