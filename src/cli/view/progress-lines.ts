import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'fast-string-width';
import { formatBytes } from '../../core/bytes.ts';
import { formatDuration } from '../../core/duration.ts';
import type { PhaseProgress } from '../../drill/events.ts';
import { PHASES } from '../../drill/phase-list.ts';
import type { CheckReport, PhaseId } from '../../report/report.ts';
import type { Style } from './style.ts';
import { wrap } from './wrap.ts';

const TITLE_WIDTH = Math.max(...PHASES.map(({ title }) => title.length));
const BAR_WIDTH = 20;
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

function titleOf(phase: PhaseId): string {
  return (PHASES.find(({ id }) => id === phase)?.title ?? phase).padEnd(TITLE_WIDTH);
}

/** What a phase that has ended leaves on the screen; a long note goes on below its beginning. */
export function endedLine(
  { phase, ok, durationMs, note }: { phase: PhaseId; ok: boolean; durationMs: number; note: string | null },
  style: Style,
  width: number,
): string {
  const mark = ok ? style('green', '✓') : style('red', '✗');
  const head = `  ${mark} ${titleOf(phase)}  ${style('dim', formatDuration(durationMs).padStart(7))}`;
  return note === null ? head : `${head}  ${wrap(note, width, stringWidth(head) + 2)}`;
}

/** The one line that moves: the phase that runs now, and how far it is. `frame` counts up and turns the spinner. */
export function runningLine(
  phase: PhaseId,
  elapsedMs: number,
  progress: PhaseProgress | null,
  frame: number,
  style: Style,
): string {
  const spinner = style('cyan', SPINNER[frame % SPINNER.length] ?? '');
  const head = `  ${spinner} ${titleOf(phase)}  ${style('dim', formatDuration(elapsedMs).padStart(7))}`;
  return progress === null ? head : `${head}  ${progressText(progress)}`;
}

function progressText({ fraction, bytesPerSecond, remainingMs, text }: PhaseProgress): string {
  const parts = [
    fraction === null ? null : `${bar(fraction)} ${String(Math.floor(fraction * 100)).padStart(3)} %`,
    bytesPerSecond === null ? null : `${formatBytes(bytesPerSecond)}/s`,
    remainingMs === null ? null : `${formatDuration(remainingMs)} left`,
    text,
  ];
  return parts.filter((part) => part !== null).join('  ');
}

function bar(fraction: number): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * BAR_WIDTH);
  return '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
}

/** A check that did not pass; one that did is only counted. */
export function checkLine(check: CheckReport, style: Style, width: number): string {
  const mark = check.severity === 'warning' ? style('yellow', '!') : style('red', '✗');
  return `    ${mark} ${wrap(`${check.name}: ${checkFault(check)}`, width, 6)}`;
}

/** What a check that did not pass found. */
function checkFault({ message, expected, observed, status }: CheckReport): string {
  return message ?? (observed === null ? status : `expected ${expected ?? 'something else'}, observed ${observed}`);
}

/** How many of the plan's checks passed; null when there were none. */
export function checkCount(checks: readonly CheckReport[]): string | null {
  if (checks.length === 0) return null;
  const passed = checks.filter(({ status }) => status === 'passed').length;
  return `${passed} of ${checks.length} ${checks.length === 1 ? 'check' : 'checks'} passed`;
}

/** A line cut to the width of the terminal, so that it can be drawn over; a cut line loses its colours. */
export function fit(line: string, columns: number): string {
  if (stringWidth(line) < columns) return line;
  const kept = Array.from(stripVTControlCharacters(line));
  while (kept.length > 0 && stringWidth(kept.join('')) > columns - 2) kept.pop();
  return `${kept.join('')}…`;
}
