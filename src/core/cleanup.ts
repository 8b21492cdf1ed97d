import { messageOf } from './errors.ts';
import { abortAfter } from './timer.ts';

/** One thing that was undone, or that could not be. */
export interface CleanupStep {
  readonly label: string;
  readonly ok: boolean;
  readonly message: string | null;
}

interface Undo extends Required<UndoOptions> {
  readonly label: string;
  readonly run: (signal: AbortSignal) => Promise<void>;
}

interface UndoOptions {
  readonly deadlineMs?: number;
  /** Also done when the user asked to keep what the run made, such as giving back a lock. */
  readonly evenWhenKept?: boolean;
  /** Nobody goes on with it once it is given up: only its own deadline and the hurry end it. */
  readonly endsWithUs?: boolean;
}

interface CleanupOptions {
  readonly graceMs?: number;
  readonly patienceMs?: number;
  /** Aborts when the user has asked for the end. */
  readonly told?: AbortSignal;
  readonly hurry?: AbortSignal;
}

/**
 * What has to be undone, last made first undone. An undo is pushed *before* its thing is made, so that no moment exists
 * in which something is there and nobody knows; each must therefore accept that its thing does not exist.
 *
 * Each has its own deadline. All of them together have ten seconds more once the user waits for the end, or an engine or a
 * server does not answer: it goes on without us, or `drill sweep` does the rest.
 */
export class CleanupStack {
  readonly #undos: Undo[] = [];
  /** How long an undo that was told to stop may take to do so, before it is left behind. */
  readonly #graceMs: number;
  readonly #patienceMs: number;
  readonly #told: AbortSignal;
  /** Aborts when nobody is waited for any more. */
  readonly #outOfPatience = new AbortController();
  #patience: NodeJS.Timeout | null = null;
  /** Aborts when all is to end at once. What reaches far, such as a connection, may heed it by itself. */
  readonly hurry: AbortSignal;

  constructor({ graceMs = 30_000, patienceMs = 10_000, told = never(), hurry = never() }: CleanupOptions = {}) {
    this.#graceMs = graceMs;
    this.#patienceMs = patienceMs;
    this.#told = told;
    this.hurry = hurry;
  }

  push(label: string, run: (signal: AbortSignal) => Promise<void>, options: UndoOptions = {}): void {
    this.#undos.push({
      label,
      run,
      deadlineMs: options.deadlineMs ?? 60_000,
      evenWhenKept: options.evenWhenKept ?? false,
      endsWithUs: options.endsWithUs ?? false,
    });
  }

  /** Undoes everything; `inDoubt`: somebody did not answer already. Never throws: a step that fails stops no other. */
  async unwind({ kept = false, inDoubt = false }: { kept?: boolean; inDoubt?: boolean } = {}): Promise<CleanupStep[]> {
    const steps: CleanupStep[] = [];
    const losePatience = (): void => this.#losePatience();
    if (inDoubt || this.#told.aborted) losePatience();
    else this.#told.addEventListener('abort', losePatience, { once: true });
    for (let undo = this.#undos.pop(); undo; undo = this.#undos.pop()) {
      if (kept && !undo.evenWhenKept) continue;
      const { step, gaveUp } = await this.#attempt(undo);
      if (gaveUp) losePatience();
      steps.push(step);
    }
    this.#told.removeEventListener('abort', losePatience);
    clearTimeout(this.#patience ?? undefined);
    return steps;
  }

  #losePatience(): void {
    this.#patience ??= setTimeout(() => this.#outOfPatience.abort(new Error(NO_ANSWER)), this.#patienceMs);
  }

  async #attempt({ label, run, deadlineMs, endsWithUs }: Undo): Promise<{ step: CleanupStep; gaveUp: boolean }> {
    const ends = [abortAfter(deadlineMs), this.hurry];
    const signal = AbortSignal.any(endsWithUs ? ends : [...ends, this.#outOfPatience.signal]);
    const { promise: tooLate, reject } = Promise.withResolvers<never>();
    let timer: NodeJS.Timeout | undefined;
    let gaveUp = false;
    const giveUp = (): void => {
      const isInHurry = !endsWithUs && (this.hurry.aborted || this.#patience !== null);
      const graceMs = isInHurry ? Math.min(HURRIED_GRACE_MS, this.#graceMs) : this.#graceMs;
      timer = setTimeout(() => {
        gaveUp = true;
        reject(new Error(NO_ANSWER));
      }, graceMs);
    };
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
    try {
      await Promise.race([run(signal), tooLate]);
      return { step: { label, ok: true, message: null }, gaveUp };
    } catch (error) {
      return { step: { label, ok: false, message: messageOf(error) }, gaveUp };
    } finally {
      signal.removeEventListener('abort', giveUp);
      clearTimeout(timer);
    }
  }
}

const NO_ANSWER = 'it was not done in time, and pgdrill waits no longer';
/** What a step has that is asked for when nobody is waited for any more: enough for what needs nobody. */
const HURRIED_GRACE_MS = 500;

function never(): AbortSignal {
  return new AbortController().signal;
}
