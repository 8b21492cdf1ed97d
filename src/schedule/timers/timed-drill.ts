import type { Schedule } from '../schedule.ts';

/** What a timer has to know of a drill. Paths are absolute. */
export interface TimedDrill {
  readonly name: string;
  readonly schedule: Schedule;
  readonly planFile: string;
  /** Where pgdrill is started, as when it was installed: what a plan leaves open is meant from there. */
  readonly directory: string;
  /** Directories that its runs write to. */
  readonly writes: readonly string[];
  /** They happen in containers of an engine. */
  readonly needsEngine: boolean;
  /** After so long pgdrill itself has ended all runs of the plan. */
  readonly endsAfterMs: number;
}

/** How drills are started on this machine. */
export interface Starting {
  /** The words that start pgdrill, before its command. */
  readonly program: readonly string[];
  /** Where pgBackRest and the others are looked for: the PATH of the drill. */
  readonly searchPath: string;
  /** The user who runs the drills; null: whoever the timer belongs to, so that it is not one of the whole machine. */
  readonly user: string | null;
  /** Options of each run, besides those of a timer. */
  readonly options: readonly string[];
  /** A drill begins up to so much later, at random, where the timer can do that. */
  readonly delayMs: number;
}

/** A text that somebody or something else reads, and the name that it goes by there. */
export interface TimerFile {
  readonly name: string;
  readonly text: string;
}

/** The words that a timer starts: they run the drill if it is due, and else say nothing. */
export function startWords({ planFile }: TimedDrill, { program, options }: Starting): readonly string[] {
  return [...program, 'run', '--scheduled', '--quiet', ...options, planFile];
}
