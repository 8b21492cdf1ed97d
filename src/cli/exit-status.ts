import type { Outcome } from '../core/reason-codes.ts';
import type { DrillReport } from '../report/report.ts';

/** The exit statuses, the same in every command. */
export const EXIT = {
  passed: 0,
  failed: 1,
  usage: 2,
  inconclusive: 3,
  cleanup: 4,
  busy: 5,
  bug: 70,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** The table as help texts show it. */
export const EXIT_STATUS_HELP = `
Exit status:
  0    passed
  1    failed: the backup, the recovery, a critical check or an objective
  2    the plan or the command line is wrong; nothing was started
  3    inconclusive: the sandbox or this machine kept us from an answer
  4    passed, but something could not be cleaned up
  5    this drill is already running
  70   a bug in pgdrill
  130  cancelled by Ctrl-C (143: by SIGTERM; 129: its terminal was closed)`;

/** The same in a line, for commands that run no drill: what a monitor does with it. */
export const SHORT_EXIT_STATUS_HELP = `
Exit status: 0 all is well, 1 it is not, 2 the plan or the command line is
wrong, 3 there was no answer. "drill --help" has all of them.`;

/** The exit status that a report stands for. */
export function exitStatusOf({ verdict, cleanup }: DrillReport, signal: NodeJS.Signals | null): number {
  if (verdict === 'cancelled') return exitStatusOfSignal(signal);
  return verdict === 'passed' && !cleanup.done ? EXIT.cleanup : EXIT[verdict];
}

/** The exit status of an error that ended a command. */
export function exitStatusOfOutcome(outcome: Outcome, signal: NodeJS.Signals | null): number {
  if (outcome === 'cancelled') return exitStatusOfSignal(signal);
  return outcome === 'warning' ? EXIT.failed : EXIT[outcome];
}

/** The status of a command that a signal has ended, as shells have it. */
export function exitStatusOfSignal(signal: NodeJS.Signals | null): number {
  if (signal === 'SIGHUP') return EXIT.hungUp;
  return signal === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
}

const WORST_FIRST: readonly number[] = [
  EXIT.bug,
  EXIT.interrupted,
  EXIT.terminated,
  EXIT.hungUp,
  EXIT.failed,
  EXIT.inconclusive,
  EXIT.busy,
  EXIT.usage,
  EXIT.cleanup,
];

/** The one status for several drills: the worst of them. A process that ended with a status that is none of ours has crashed. */
export function worstExitStatus(statuses: readonly number[]): number {
  const known = statuses.map((status) => (status === EXIT.passed || WORST_FIRST.includes(status) ? status : EXIT.bug));
  return WORST_FIRST.find((status) => known.includes(status)) ?? EXIT.passed;
}
