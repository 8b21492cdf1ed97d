import { formatDuration } from '../../core/duration.ts';
import type { DrillEvent, PhaseProgress } from '../../drill/events.ts';
import type { PhaseId } from '../../report/report.ts';
import { endedLine, fit, runningLine } from './progress-lines.ts';
import type { ProgressOptions } from './progress-view.ts';

const REDRAW_MS = 100;
/** More lines than a small terminal has would be drawn over one another. */
const MOST_LINES = 16;

/** How several drills are shown that run at once. */
export interface SeveralView {
  hear(drill: string, event: DrillEvent): void;
  /** Something for people to read, whole lines; what moves is drawn below it again. */
  say(text: string): void;
  /** A drill has ended, and how. */
  ended(drill: string, result: string): void;
  /** Somebody else has written to the terminal: what was drawn before stays above it. */
  interrupted(): void;
  /** Wipes away what moves. */
  end(): void;
}

interface Running {
  startedMs: number;
  phase: PhaseId | null;
  progress: PhaseProgress | null;
  /** No critical check has failed. */
  held: boolean;
}

/** On a terminal a line a drill that moves; else a line a phase, with the name of the drill before it. */
export function severalView(options: ProgressOptions): SeveralView {
  return new Lines(options);
}

class Lines implements SeveralView {
  readonly #options: ProgressOptions;
  readonly #running = new Map<string, Running>();
  #timer: NodeJS.Timeout | null = null;
  #drawn = 0;
  #frame = 0;

  constructor(options: ProgressOptions) {
    this.#options = options;
  }

  hear(drill: string, event: DrillEvent): void {
    const { nowMs } = this.#options;
    const running = this.#running.get(drill) ?? { startedMs: nowMs(), phase: null, progress: null, held: true };
    this.#running.set(drill, running);
    if (event.kind === 'phase-progress') running.progress = event.progress;
    if (event.kind === 'phase-started')
      Object.assign(running, { startedMs: nowMs(), phase: event.phase, progress: null });
    if (event.kind === 'check-ended' && event.check.severity === 'critical' && event.check.status !== 'passed')
      running.held = false;
    this.#tell(drill, event, running.held);
    this.#animate();
  }

  say(text: string): void {
    this.#erase();
    this.#options.write(text);
    this.#draw();
  }

  ended(drill: string, result: string): void {
    this.#running.delete(drill);
    this.#erase();
    const { mode, style, write } = this.#options;
    if (mode !== 'none') write(`${style('bold', drill)}: ${result}\n`);
    this.#draw();
  }

  interrupted(): void {
    this.#drawn = 0;
  }

  end(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#erase();
    this.#running.clear();
  }

  /** Where no line moves, each phase leaves one. */
  #tell(drill: string, event: DrillEvent, held: boolean): void {
    const { mode, style, write } = this.#options;
    if (mode !== 'lines') return;
    const name = style('bold', drill);
    if (event.kind === 'run-started') write(`${name}: run ${event.runId}, to ${event.target}\n`);
    // Whether everything could be removed, only the report says.
    if (event.kind === 'phase-ended' && event.phase !== 'cleanup') {
      const { phase, durationMs, summary: note } = event;
      const ok = event.ok && (phase !== 'verify' || held);
      write(`${name}: ${endedLine({ phase, ok, durationMs, note }, style, Infinity).trimStart()}\n`);
    }
  }

  #animate(): void {
    if (this.#options.mode !== 'live' || this.#timer) return;
    this.#draw();
    // A view alone keeps no process alive.
    this.#timer = setInterval(() => {
      this.#erase();
      this.#draw();
    }, REDRAW_MS).unref();
  }

  #erase(): void {
    if (this.#drawn === 0) return;
    this.#options.write(`\r${this.#drawn > 1 ? `\x1b[${this.#drawn - 1}A` : ''}\x1b[J`);
    this.#drawn = 0;
  }

  #draw(): void {
    const { mode, write, columns } = this.#options;
    if (mode !== 'live' || this.#running.size === 0) return;
    this.#frame += 1;
    const width = Math.max(...this.#running.keys().map((drill) => drill.length));
    const all = [...this.#running].map(([drill, running]) => this.#line(drill.padEnd(width), running));
    const more = all.length - MOST_LINES;
    const lines = more > 0 ? [...all.slice(0, MOST_LINES - 1), `  … and ${more + 1} more`] : all;
    write(lines.map((line) => fit(line, columns())).join('\n'));
    this.#drawn = lines.length;
  }

  #line(drill: string, { startedMs, phase, progress }: Running): string {
    const { style, nowMs } = this.#options;
    const elapsedMs = nowMs() - startedMs;
    if (phase === null) return `  ${style('bold', drill)}  ${style('dim', formatDuration(elapsedMs))}`;
    return `  ${style('bold', drill)}${runningLine(phase, elapsedMs, progress, this.#frame, style)}`;
  }
}
