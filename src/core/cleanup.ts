import { messageOf } from './errors.ts';
import { abortAfter } from './timer.ts';

/** One thing that was undone, or that could not be. */
export interface CleanupStep {
  readonly label: string;
  readonly ok: boolean;
  readonly message: string | null;
}

interface Undo {
  readonly label: string;
  readonly run: (signal: AbortSignal) => Promise<void>;
  readonly deadlineMs: number;
  readonly evenWhenKept: boolean;
}

interface UndoOptions {
  readonly deadlineMs?: number;
  /** Also done when the user asked to keep what the run made, such as giving back a lock. */
  readonly evenWhenKept?: boolean;
}

/** What a step may take once another one was given up: they probably wait for the same thing. */
const IN_DOUBT_MS = 60_000;

interface CleanupOptions {
  readonly graceMs?: number;
  readonly hurry?: AbortSignal;
}

/**
 * What has to be undone, last made first undone. An undo is pushed *before* its thing is made, so that no moment exists
 * in which something is there and nobody knows; each must therefore accept that its thing does not exist.
 */
export class CleanupStack {
  readonly #undos: Undo[] = [];
  /** How long an undo that was told to stop may take to do so, before it is left behind. */
  readonly #graceMs: number;
  /** Aborts when all is to end at once. What reaches far, such as a connection, may heed it by itself. */
  readonly hurry: AbortSignal;

  constructor({ graceMs = 30_000, hurry = new AbortController().signal }: CleanupOptions = {}) {
    this.#graceMs = graceMs;
    this.hurry = hurry;
  }

  push(label: string, run: (signal: AbortSignal) => Promise<void>, options: UndoOptions = {}): void {
    this.#undos.push({
      label,
      run,
      deadlineMs: options.deadlineMs ?? 60_000,
      evenWhenKept: options.evenWhenKept ?? false,
    });
  }

  /** Undoes everything. Never throws: each step has its own deadline, and a failed one does not stop the others. */
  async unwind({ kept = false }: { kept?: boolean } = {}): Promise<CleanupStep[]> {
    const steps: CleanupStep[] = [];
    let longestMs = Infinity;
    for (let undo = this.#undos.pop(); undo; undo = this.#undos.pop()) {
      if (kept && !undo.evenWhenKept) continue;
      const { step, gaveUp } = await attempt(undo, Math.min(undo.deadlineMs, longestMs), this.hurry, this.#graceMs);
      if (gaveUp) longestMs = IN_DOUBT_MS;
      steps.push(step);
    }
    return steps;
  }
}

async function attempt(
  undo: Undo,
  deadlineMs: number,
  hurry: AbortSignal,
  graceMs: number,
): Promise<{ step: CleanupStep; gaveUp: boolean }> {
  const deadline = abortAfter(deadlineMs);
  const signal = AbortSignal.any([deadline, hurry]);
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  let gaveUp = false;
  const giveUp = (): void => {
    timer = setTimeout(() => {
      gaveUp = true;
      reject(new Error('it was told to stop and did not'));
    }, graceMs);
  };
  if (signal.aborted) giveUp();
  else signal.addEventListener('abort', giveUp, { once: true });
  try {
    await Promise.race([undo.run(signal), tooLate]);
    return { step: { label: undo.label, ok: true, message: null }, gaveUp };
  } catch (error) {
    return { step: { label: undo.label, ok: false, message: messageOf(error) }, gaveUp };
  } finally {
    signal.removeEventListener('abort', giveUp);
    clearTimeout(timer);
  }
}
