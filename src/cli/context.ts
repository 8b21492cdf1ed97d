/** What a command may use of the process it runs in; tests give their own. */
export interface CliContext {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** stderr is a terminal, where a live view may be drawn. */
  readonly interactive: boolean;
  readonly env: NodeJS.ProcessEnv;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Aborted by the second. */
  readonly hurry: AbortSignal;
  /** The signal that came, if any. */
  readonly receivedSignal: () => NodeJS.Signals | null;
}
