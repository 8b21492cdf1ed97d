import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fit } from '../../../../src/cli/view/progress-lines.ts';
import { progressView, type ProgressOptions, type ProgressView } from '../../../../src/cli/view/progress-view.ts';
import { plain } from '../../../../src/cli/view/style.ts';
import type { PhaseProgress } from '../../../../src/drill/events.ts';
import { sampleCheck, sampleReport } from '../../../fixtures/sample-report.ts';

const ERASE = '\r\u001B[2K';

interface Screen {
  readonly view: ProgressView;
  /** Everything that was written. */
  readonly written: () => string;
  /** What a terminal shows of it. */
  readonly shown: () => string[];
}

function screen(mode: ProgressOptions['mode'], columns = 100): Screen {
  let text = '';
  const view = progressView({
    mode,
    columns: () => columns,
    style: plain,
    nowMs: () => Date.now(),
    write: (more) => (text += more),
  });
  const shown = (): string[] =>
    text.split('\n').map((line) => stripVTControlCharacters(line.split(ERASE).at(-1) ?? ''));
  return { view, written: () => text, shown };
}

const HALF: PhaseProgress = {
  fraction: 0.5,
  bytesPerSecond: 100 * 1024 ** 2,
  remainingMs: 150_000,
  text: '1200 files',
};

function startRestore(view: ProgressView): void {
  view.show({
    kind: 'run-started',
    runId: 'R1',
    drill: 'orders',
    target: 'the end of the archive',
    repository: null,
    folder: '/r',
  });
  view.show({ kind: 'phase-started', phase: 'restore' });
}

function endRestore(view: ProgressView, ok = true): void {
  view.show({ kind: 'phase-ended', phase: 'restore', ok, durationMs: 12_300, summary: null });
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const LONG_NOTE = '1.2 GiB in 1,272 files by pgBackRest, from the full backup 20261128-010203F of repository 2';

describe('on a terminal', () => {
  test('what is said of a phase goes on below its beginning, and words stay whole', () => {
    const { view, shown } = screen('live', 60);
    startRestore(view);
    view.show({ kind: 'phase-ended', phase: 'restore', ok: true, durationMs: 12_300, summary: LONG_NOTE });
    const lines = shown()
      .filter((line) => line !== '')
      .slice(1);
    expect(lines.length).toBeGreaterThan(2);
    const margin = lines[0]?.indexOf('1.2 GiB') ?? 0;
    expect(lines.slice(1).every((line) => line.startsWith(' '.repeat(margin)) && line.length <= 60)).toBe(true);
    expect(lines.map((line) => line.slice(margin)).join(' ')).toBe(LONG_NOTE);
  });

  test('shows how far the restore is, in bytes, speed and time left', () => {
    const { view, shown } = screen('live');
    startRestore(view);
    vi.advanceTimersByTime(10_000);
    view.show({ kind: 'phase-progress', phase: 'restore', progress: HALF });
    vi.advanceTimersByTime(100);
    expect(shown().at(-1)).toContain(
      'Restore     10.1 s  ██████████░░░░░░░░░░  50 %  100 MB/s  2m 30s left  1200 files',
    );
    view.end();
  });

  test('draws at most ten times a second, however much it is told', () => {
    const { view, written } = screen('live');
    startRestore(view);
    for (let index = 0; index < 1000; index += 1) {
      view.show({ kind: 'phase-progress', phase: 'restore', progress: HALF });
      vi.advanceTimersByTime(1);
    }
    expect(written().split(ERASE).length - 1).toBeLessThanOrEqual(11);
    view.end();
  });

  test('leaves one line a phase, and nothing that moves', () => {
    const { view, shown } = screen('live');
    startRestore(view);
    vi.advanceTimersByTime(500);
    endRestore(view);
    expect(shown()).toEqual(['orders run R1, to the end of the archive', '  ✓ Restore     12.3 s', '']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('never writes wider than the terminal', () => {
    const { view, shown } = screen('live', 40);
    startRestore(view);
    view.show({ kind: 'phase-progress', phase: 'restore', progress: HALF });
    vi.advanceTimersByTime(100);
    expect(shown().at(-1)?.length).toBeLessThan(40);
    view.end();
  });

  test('the end wipes away what moves, and may come twice', () => {
    const { view, shown } = screen('live');
    startRestore(view);
    view.end();
    view.end();
    expect(shown().at(-1)).toBe('');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('without a terminal', () => {
  test('a phase has one line, however long', () => {
    const { view, shown } = screen('lines', 60);
    startRestore(view);
    view.show({ kind: 'phase-ended', phase: 'restore', ok: true, durationMs: 12_300, summary: LONG_NOTE });
    expect(shown().some((line) => line.endsWith(LONG_NOTE))).toBe(true);
  });

  test('writes one plain line a phase, and no control characters', () => {
    const { view, written } = screen('lines');
    startRestore(view);
    view.show({ kind: 'phase-progress', phase: 'restore', progress: HALF });
    vi.advanceTimersByTime(60_000);
    endRestore(view, false);
    expect(written()).toBe('orders run R1, to the end of the archive\n  ✗ Restore     12.3 s\n');
  });

  test('counts the checks that passed and names the others', () => {
    const { view, written } = screen('lines');
    view.show({ kind: 'check-ended', check: sampleCheck() });
    view.show({
      kind: 'check-ended',
      check: sampleCheck({ name: 'totals', status: 'failed', expected: 'at least 9', observed: '3' }),
    });
    view.show({
      kind: 'check-ended',
      check: sampleCheck({ name: 'age', status: 'error', message: 'no such table', severity: 'warning' }),
    });
    view.show({ kind: 'phase-ended', phase: 'verify', ok: true, durationMs: 41, summary: null });
    expect(written()).toBe(
      '    ✗ totals: expected at least 9, observed 3\n    ! age: no such table\n  ✗ Verify       0.0 s  1 of 3 checks passed\n',
    );
  });
});

test.each([
  [true, '✓'],
  [false, '✗'],
])('cleanup that removed everything (%s) gets %s', (done, mark) => {
  const { view, written } = screen('lines');
  view.show({ kind: 'phase-ended', phase: 'cleanup', ok: true, durationMs: 100, summary: null });
  view.show({ kind: 'run-ended', report: sampleReport({ cleanup: { done, kept: null, steps: [] } }) });
  expect(written()).toBe(`  ${mark} Cleanup      0.1 s\n`);
});

test('nothing is written when nothing is to be shown', () => {
  const { view, written } = screen('none');
  startRestore(view);
  endRestore(view);
  view.end();
  expect(written()).toBe('');
});

test('a line that fits keeps its colours, a longer one is cut', () => {
  expect(fit('\u001B[31mred\u001B[39m', 10)).toBe('\u001B[31mred\u001B[39m');
  expect(fit('0123456789', 8)).toBe('012345…');
});

test.each([
  ['日本語', 7, '日本語'],
  ['日本語データ', 8, '日本語…'],
  ['日本語データ', 7, '日本…'],
  ['日本語', 2, '…'],
  ['日本語', 1, '…'],
])('%j on %i columns is %j', (line, columns, shown) => {
  expect(fit(line, columns)).toBe(shown);
});
