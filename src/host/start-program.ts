import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { DrillError, messageOf } from '../core/errors.ts';
import type { Daemon, ExitStatus } from './host.ts';

/** All variables that a program gets. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A program that pgdrill talks to while it runs. That it cannot be started is an event of it, too. */
export type PipedProgram = ChildProcessWithoutNullStreams;

/** Starts a program of this machine to talk to. It leads a process group of its own: Ctrl-C at the terminal does not reach it. */
export function startPiped([program = '', ...words]: readonly string[], env: Environment): PipedProgram {
  return spawn(program, words, { env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** How a process ended, and what it printed. */
export interface Printed extends ExitStatus {
  readonly stdout: string;
  readonly stderr: string;
}

/** Another process of this program. */
export interface OwnProcess {
  readonly ended: Promise<Printed>;
  readonly kill: (signal: NodeJS.Signals) => void;
}

/**
 * Starts this program once more, with a channel on which it tells how it goes, and by which it sees when we are gone. It leads a
 * process group of its own: Ctrl-C at the terminal does not reach it.
 */
export function startOwn(
  [program = '', ...words]: readonly string[],
  env: Environment,
  onMessage: (message: unknown) => void,
): OwnProcess {
  const child = spawn(process.execPath, [program, ...words], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => (printed[stream] += text));
  }
  child.on('message', onMessage);
  const ended = new Promise<Printed>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal, ...printed }));
  });
  return { ended, kill: (signal) => void child.kill(signal) };
}

/** How long a program on the terminal may take to end when it is told to. */
const TERMINAL_GRACE_MS = 2000;

/**
 * Runs a program on the terminal of this process, in its process group: Ctrl-C reaches both, and whoever calls this has to let it
 * pass. An abort tells it to end, and ends it if it does not, or was stopped (Ctrl-Z). Rejects with `tool-missing`.
 */
export async function runInTerminal(
  [program = '', ...words]: readonly string[],
  env: Environment,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  const child = spawn(program, words, { env, stdio: 'inherit' });
  let grace: NodeJS.Timeout | undefined;
  const end = (): void => {
    child.kill('SIGHUP');
    child.kill('SIGCONT');
    grace = setTimeout(() => child.kill('SIGKILL'), TERMINAL_GRACE_MS);
  };
  signal.addEventListener('abort', end);
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => resolve());
      child.once('error', (error: NodeJS.ErrnoException) =>
        reject(notStarted(program, error.code ?? messageOf(error))),
      );
    });
  } finally {
    signal.removeEventListener('abort', end);
    clearTimeout(grace);
  }
}

interface DaemonStart {
  readonly env: Environment;
  /** What errors call it. */
  readonly name: string | undefined;
  /** The open file that its output goes to. */
  readonly output: number;
  /** pgdrill may end while it runs. */
  readonly outlive: boolean;
}

/** Starts a program of this machine that runs on by itself, as leader of a process group. Rejects with `tool-missing`. */
export async function startDaemon(
  [program = '', ...words]: readonly string[],
  { env, name, output, outlive }: DaemonStart,
): Promise<Daemon> {
  const child: ChildProcess = spawn(program, words, { env, detached: true, stdio: ['ignore', output, output] });
  const exited = new Promise<ExitStatus>((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
    child.once('error', () => resolve({ exitCode: null, signal: null }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(notStarted(name, messageOf(error))));
  });
  if (outlive) child.unref();
  return { exited, kill: (signal) => killGroupOf(child, signal) };
}

/**
 * Signals all that is left of the process group that a child led. A number is not given anew while a group has it: when the
 * child has ended and there is a process of its number, the group is a stranger's.
 */
export function killGroupOf(
  child: Pick<ChildProcess, 'pid' | 'exitCode' | 'signalCode'>,
  signal: NodeJS.Signals,
): void {
  const hasEnded = child.exitCode !== null || child.signalCode !== null;
  if (!hasEnded || !existsSync(`/proc/${child.pid}`)) killGroup(child.pid, signal);
}

/** Signals all that is left of a process group. */
export function killGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** What the system says when it has no room for one more process or file: nothing of the program. */
const NO_ROOM = /\b(EMFILE|ENFILE|EAGAIN|ENOMEM)\b/;

/** Why a program is not there, or could not be started: the code of the error, or its text. */
export function notStarted(name: string | undefined, why: string): DrillError {
  if (NO_ROOM.test(why)) {
    return new DrillError('sandbox-failed', `this machine did not let ${name ?? 'a program'} be started: ${why}`, {
      hint: 'look at the limits of this machine on open files, processes and memory (ulimit, cgroup)',
    });
  }
  const what = why === 'ENOENT' ? 'it is not installed' : why;
  return new DrillError('tool-missing', `${name ?? ''} cannot be started: ${what}`, {
    hint: 'drill doctor says what this machine lacks',
  });
}
