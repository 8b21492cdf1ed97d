import type { Clock } from '../core/clock.ts';
import type { PhaseId, PhaseReport } from '../report/report.ts';
import type { Emit } from './events.ts';
import { PHASES } from './phase-list.ts';

interface PhaseRecord {
  status: 'done' | 'failed';
  readonly startedAt: Date;
  readonly startedMs: number;
  durationMs: number;
}

/** The phases of a run with their times. The monotonic clock measures; the wall clock only stamps. */
export class Timeline {
  readonly #clock: Clock;
  readonly #emit: Emit;
  readonly #records = new Map<PhaseId, PhaseRecord>();
  #current: PhaseId = 'preflight';
  #summary: string | null = null;

  constructor(clock: Clock, emit: Emit) {
    this.#clock = clock;
    this.#emit = emit;
  }

  get current(): PhaseId {
    return this.#current;
  }

  /** One line about what the phase that runs now has achieved, for those who watch. */
  summarize(text: string): void {
    this.#summary = text;
  }

  /** Times `work` as a phase. Its error passes through, and the phase counts as failed. */
  async phase<T>(id: PhaseId, work: () => Promise<T>): Promise<T> {
    const record: PhaseRecord = {
      status: 'failed',
      startedAt: this.#clock.now(),
      startedMs: this.#clock.monotonicMs(),
      durationMs: 0,
    };
    this.#records.set(id, record);
    this.#current = id;
    this.#summary = null;
    this.#emit({ kind: 'phase-started', phase: id });
    try {
      const result = await work();
      record.status = 'done';
      return result;
    } finally {
      record.durationMs = Math.round(this.#clock.monotonicMs() - record.startedMs);
      const ok = record.status === 'done';
      this.#emit({ kind: 'phase-ended', phase: id, ok, durationMs: record.durationMs, summary: this.#summary });
    }
  }

  isDone(id: PhaseId): boolean {
    return this.#records.get(id)?.status === 'done';
  }

  /** When a phase began; null: it did not. */
  startedAt(id: PhaseId): Date | null {
    return this.#records.get(id)?.startedAt ?? null;
  }

  durationMs(id: PhaseId): number | null {
    return this.isDone(id) ? (this.#records.get(id)?.durationMs ?? null) : null;
  }

  /** From the first instant of `from` to the end of `to`; null unless both were really reached. */
  span(from: PhaseId, to: PhaseId): number | null {
    const first = this.#records.get(from);
    const last = this.#records.get(to);
    if (first?.status !== 'done' || last?.status !== 'done') return null;
    return Math.round(last.startedMs + last.durationMs - first.startedMs);
  }

  report(): PhaseReport[] {
    return PHASES.map(({ id, countsTowardsRto }) => {
      const record = this.#records.get(id);
      return {
        id,
        status: record?.status ?? 'not-run',
        countsTowardsRto,
        startedAt: record?.startedAt.toISOString() ?? null,
        durationMs: record?.durationMs ?? null,
      };
    });
  }
}
