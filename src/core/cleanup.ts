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
    for (let undo = this.#undos.pop(); undo; undo = this.#undos.pop()) {
      if (kept && !undo.evenWhenKept) continue;
      steps.push(await attempt(undo, this.hurry, this.#graceMs));
    }
    return steps;
  }
}

async function attempt(undo: Undo, hurry: AbortSignal, graceMs: number): Promise<CleanupStep> {
  const deadline = abortAfter(undo.deadlineMs);
  const signal = AbortSignal.any([deadline, hurry]);
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const giveUp = (): void => {
    timer = setTimeout(() => reject(new Error('it was told to stop and did not')), graceMs);
  };
  if (signal.aborted) giveUp();
  else signal.addEventListener('abort', giveUp, { once: true });
  try {
    await Promise.race([undo.run(signal), tooLate]);
    return { label: undo.label, ok: true, message: null };
  } catch (error) {
    return { label: undo.label, ok: false, message: messageOf(error) };
  } finally {
    signal.removeEventListener('abort', giveUp);
    clearTimeout(timer);
  }
}
