import type { Redactor } from '../core/redact.ts';
import type { Style } from './view/style.ts';

/** What a command may use of the process it runs in; tests give their own. */
export interface CliContext {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** stderr is a terminal, where a live view may be drawn. */
  readonly interactive: boolean;
  /** The width of that terminal. */
  readonly columns: () => number;
  /** How wide lines on stdout may be; no limit where it is no terminal. */
  readonly stdoutColumns: () => number;
  readonly stdoutStyle: Style;
  readonly stderrStyle: Style;
  /** Asks a question with yes as the usual answer; without a person at a terminal the answer is no. */
  readonly confirm: (question: string) => Promise<boolean>;
  /** Gives the terminal to a program while it runs: Ctrl-C is meant for that, and ends nothing here. */
  readonly lendTerminal: <T>(work: () => Promise<T>) => Promise<T>;
  readonly env: NodeJS.ProcessEnv;
  /** Knows every secret that this process has read. */
  readonly redactor: Redactor;
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
  /** Aborted by the second. */
  readonly hurry: AbortSignal;
  /** Tells the process that has started this one how a run goes; left out: there is none that listens. */
  readonly tellParent?: (message: object) => void;
  /** The signal that came, if any. */
  readonly receivedSignal: () => NodeJS.Signals | null;
}
