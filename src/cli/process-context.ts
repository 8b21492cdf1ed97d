import { Redactor } from '../core/redact.ts';
import type { CliContext } from './context.ts';
import { bugText } from './view/show-error.ts';
import { styleFor } from './view/style.ts';

/** The context of this very process, and whether a bug showed up behind everybody's back. */
export interface ProcessContext extends CliContext {
  readonly bugHappened: () => boolean;
}

async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [Y/n] `, { signal });
    return /^(y(es)?)?$/i.test(answer.trim());
  } catch {
    return false; // Ctrl-C, or the end of the input.
  } finally {
    terminal.close();
  }
}

/** Set for a process of this program that another one has started, to be told how it goes. */
export const TELLS_PARENT = 'PGDRILL_TELLS_PARENT';

function ignore(): void {}

const ERASE_LINE = '\r\x1b[2K';

/**
 * Listens to the signals and streams of this process. The first SIGINT, SIGTERM or SIGHUP aborts `signal`, any further one
 * `hurry`. An exception that nobody caught is shown as a bug and aborts `signal` as well, so that a run cleans up.
 */
export function processContext(): ProcessContext {
  const { stdout, stderr, env } = process;
  const redactor = new Redactor();
  const end = new AbortController();
  const hurry = new AbortController();
  let received: NodeJS.Signals | null = null;
  let bug = false;
  let isLent = false;
  const interactive = stderr.isTTY && env['TERM'] !== 'dumb' && !env['CI'];
  const say = (text: string): void => void stderr.write(`${interactive ? ERASE_LINE : ''}${text}\n`);

  const hasParent = env[TELLS_PARENT] !== undefined && process.channel !== undefined;
  if (hasParent) {
    // The parent is gone, by `kill -9` perhaps: nobody waits for the answer, and whatever was made is removed.
    process.once('disconnect', () => {
      received ??= 'SIGHUP';
      end.abort();
    });
    process.channel?.unref();
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (isLent && name === 'SIGINT') return;
      if (received !== null) hurry.abort();
      say(received === null ? 'drill: ending the run and cleaning up; again to hurry' : 'drill: hurrying');
      received ??= name;
      end.abort();
    });
  }
  process.on('uncaughtException', (error) => {
    say(redactor.text(bugText(error)));
    if (bug) process.exit(); // With the status that bin/drill.js has set for a process without an answer.
    bug = true;
    end.abort();
  });
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // Whoever read our output (`| head`) has seen enough, or the terminal was closed; that is no fault of anybody.
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    });
  }
  return {
    stdout: (text) => void stdout.write(text),
    stderr: (text) => void stderr.write(text),
    interactive,
    columns: () => stderr.columns || 80,
    stdoutColumns: () => (stdout.isTTY ? stdout.columns || 80 : Infinity),
    stdoutStyle: styleFor(stdout),
    stderrStyle: styleFor(stderr),
    confirm: (question) =>
      interactive && process.stdin.isTTY ? confirm(question, end.signal) : Promise.resolve(false),
    lendTerminal: async (work) => {
      isLent = true;
      // Ctrl-\ ends what has the terminal, and would end us where nobody listens.
      process.on('SIGQUIT', ignore);
      try {
        return await work();
      } finally {
        process.off('SIGQUIT', ignore);
        isLent = false;
      }
    },
    env,
    redactor,
    signal: end.signal,
    hurry: hurry.signal,
    ...(hasParent ? { tellParent: (message: object) => void (process.connected && process.send?.(message)) } : {}),
    receivedSignal: () => received,
    bugHappened: () => bug,
  };
}
