import type { DrillEvent, PhaseProgress } from '../../drill/events.ts';
import type { CheckReport, PhaseId } from '../../report/report.ts';
import { checkCount, checkLine, endedLine, fit, runningLine } from './progress-lines.ts';
import type { Style } from './style.ts';

/** How a run is shown while it happens. */
export interface ProgressView {
  show(event: DrillEvent): void;
  /** Wipes away what moves, however the run has ended. */
  end(): void;
}

export interface ProgressOptions {
  readonly write: (text: string) => void;
  readonly style: Style;
  readonly columns: () => number;
  /** live: a line that moves; lines: one line a phase; none: nothing. */
  readonly mode: 'live' | 'lines' | 'none';
  readonly nowMs: () => number;
}

const REDRAW_MS = 100;
const ERASE_LINE = '\r\x1b[2K';

/** Shows phases as they end, and in between, on a terminal, the one that runs; redrawn ten times a second at most. */
export function progressView(options: ProgressOptions): ProgressView {
  return options.mode === 'none' ? { show: () => undefined, end: () => undefined } : new PhaseView(options);
}

type PhaseEnded = Extract<DrillEvent, { kind: 'phase-ended' }>;

interface Running {
  readonly phase: PhaseId;
  readonly startedMs: number;
  progress: PhaseProgress | null;
}

type RunStarted = Extract<DrillEvent, { kind: 'run-started' }>;

function startText({ repository, runId, target }: RunStarted): string {
  return `${repository === null ? '' : `repository ${repository}, `}run ${runId}, to ${target}`;
}

class PhaseView implements ProgressView {
  readonly #options: ProgressOptions;
  #running: Running | null = null;
  #timer: NodeJS.Timeout | null = null;
  #frame = 0;
  readonly #checks: CheckReport[] = [];
  #cleanup: PhaseEnded | null = null;

  constructor(options: ProgressOptions) {
    this.#options = options;
  }

  show(event: DrillEvent): void {
    const { style, nowMs } = this.#options;
    switch (event.kind) {
      case 'run-started':
        this.#line(`${style('bold', event.drill)} ${style('dim', startText(event))}`);
        break;
      case 'phase-started':
        this.#running = { phase: event.phase, startedMs: nowMs(), progress: null };
        this.#animate();
        break;
      case 'phase-progress':
        if (this.#running?.phase === event.phase) this.#running.progress = event.progress;
        break;
      case 'phase-ended':
        this.end();
        // Whether everything could be removed, only the report says.
        if (event.phase !== 'cleanup') this.#line(this.#endOf(event));
        else this.#cleanup = event;
        break;
      case 'check-ended':
        this.#checks.push(event.check);
        if (event.check.status !== 'passed') this.#line(checkLine(event.check, style, this.#width()));
        break;
      case 'command-ended':
      case 'notified':
        break;
      case 'run-ended':
        if (this.#cleanup) this.#line(this.#endOf({ ...this.#cleanup, ok: event.report.cleanup.done }));
        break;
    }
  }

  end(): void {
    if (this.#timer) clearInterval(this.#timer);
    if (this.#timer) this.#options.write(ERASE_LINE);
    this.#timer = null;
    this.#running = null;
  }

  /** A phase that went through counts as one that did not when a critical check in it did not pass. */
  #endOf({ phase, ok, durationMs, summary }: PhaseEnded): string {
    const { style } = this.#options;
    const width = this.#width();
    if (phase !== 'verify') return endedLine({ phase, ok, durationMs, note: summary }, style, width);
    const held = this.#checks.every(({ status, severity }) => status === 'passed' || severity === 'warning');
    const note = summary ?? checkCount(this.#checks);
    return endedLine({ phase, ok: ok && held, durationMs, note }, style, width);
  }

  /** In a log a phase has one line, however long. */
  #width(): number {
    return this.#options.mode === 'live' ? this.#options.columns() : Infinity;
  }

  #line(text: string): void {
    this.#options.write(`${this.#timer ? ERASE_LINE : ''}${text}\n`);
    if (this.#timer) this.#draw();
  }

  #animate(): void {
    if (this.#options.mode !== 'live') return;
    this.#draw();
    // A view alone keeps no process alive.
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS).unref();
  }

  #draw(): void {
    const { write, style, columns, nowMs } = this.#options;
    if (!this.#running) return;
    const { phase, startedMs, progress } = this.#running;
    write(ERASE_LINE + fit(runningLine(phase, nowMs() - startedMs, progress, this.#frame++, style), columns()));
  }
}
