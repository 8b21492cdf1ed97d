import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { plain } from '../../../../src/cli/view/style.ts';
import { severalView, type SeveralView } from '../../../../src/cli/view/several-view.ts';
import type { ProgressOptions } from '../../../../src/cli/view/progress-view.ts';

/** What a terminal shows of a text in which lines are erased from some line above downwards. */
class Terminal {
  readonly #lines: string[] = [''];

  write(text: string): void {
    // oxlint-disable-next-line no-control-regex -- these are what a terminal is told
    for (const [part] of text.matchAll(/\r|\n|\u001B\[(\d+)A|\u001B\[J|[^\r\n\u001B]+/g)) this.#take(part);
  }

  get shown(): string[] {
    return this.#lines.slice(0, this.#row + 1);
  }

  #row = 0;
  #column = 0;

  #take(part: string): void {
    if (part === '\r') this.#column = 0;
    else if (part === '\n') {
      this.#row += 1;
      this.#column = 0;
      this.#lines[this.#row] ??= '';
    } else if (part.endsWith('A')) this.#row -= Number(part.slice(2, -1));
    else if (part === '\u001B[J') {
      this.#lines.length = this.#row + 1;
      this.#lines[this.#row] = (this.#lines[this.#row] ?? '').slice(0, this.#column);
    } else {
      this.#lines[this.#row] = (this.#lines[this.#row] ?? '').slice(0, this.#column) + part;
      this.#column += part.length;
    }
  }
}

function screen(mode: ProgressOptions['mode'], columns = 80): { view: SeveralView; shown: () => string[] } {
  const terminal = new Terminal();
  const write = (text: string): void => terminal.write(text);
  const view = severalView({ mode, columns: () => columns, style: plain, nowMs: () => Date.now(), write });
  return { view, shown: () => terminal.shown };
}

function begin(view: SeveralView, drill: string): void {
  const about = { runId: 'R1', drill, target: 'the end of the archive', repository: null, folder: '/r' };
  view.hear(drill, { kind: 'run-started', ...about });
  view.hear(drill, { kind: 'phase-started', phase: 'restore' });
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('on a terminal', () => {
  test('what somebody else writes is not drawn over', () => {
    const terminal = new Terminal();
    const write = (text: string): void => terminal.write(text);
    const view = severalView({ mode: 'live', columns: () => 80, style: plain, nowMs: () => Date.now(), write });
    begin(view, 'orders');
    begin(view, 'billing');
    vi.advanceTimersByTime(100);
    terminal.write('\r\u001B[Jdrill: ending\n');
    view.interrupted();
    vi.advanceTimersByTime(100);
    view.end();
    expect(terminal.shown).toEqual([expect.stringContaining('orders'), 'drill: ending', '']);
  });

  test('each drill has a line that moves, and what is said stays above them', () => {
    const { view, shown } = screen('live');
    begin(view, 'orders');
    begin(view, 'billing');
    vi.advanceTimersByTime(300);
    expect(shown()).toEqual([
      expect.stringMatching(/^ {2}orders {3}. Restore +0\.3 s$/),
      expect.stringMatching(/^ {2}billing {2}. Restore +0\.3 s$/),
    ]);
    view.say('orders: a line\n');
    vi.advanceTimersByTime(100);
    view.ended('orders', 'passed');
    expect(shown()).toEqual(['orders: a line', 'orders: passed', expect.stringMatching(/^ {2}billing /)]);
    view.end();
    expect(shown()).toEqual(['orders: a line', 'orders: passed', '']);
  });

  test('no line is wider than the terminal, and there are never more than it has', () => {
    const { view, shown } = screen('live', 20);
    for (let number = 0; number < 30; number += 1) begin(view, `a-drill-with-a-long-name-${number}`);
    vi.advanceTimersByTime(100);
    expect(shown()).toHaveLength(16);
    expect(shown().at(-1)).toBe('  … and 15 more');
    for (const line of shown()) expect(line.length).toBeLessThan(20);
    view.end();
    expect(shown()).toEqual(['']);
  });
});

test('elsewhere each phase leaves a line with the name of its drill', () => {
  const { view, shown } = screen('lines');
  begin(view, 'orders');
  view.hear('orders', { kind: 'phase-ended', phase: 'restore', ok: true, durationMs: 12_300, summary: null });
  view.ended('orders', 'passed');
  view.end();
  expect(shown()).toEqual([
    'orders: run R1, to the end of the archive',
    expect.stringMatching(/^orders: ✓ Restore +12\.3 s$/),
    'orders: passed',
    '',
  ]);
});

test('nothing is shown where nobody wants to see it, but for what is said', () => {
  const { view, shown } = screen('none');
  begin(view, 'orders');
  view.say('a line\n');
  view.end();
  expect(shown()).toEqual(['a line', '']);
});
