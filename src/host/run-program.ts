import type { ChildProcess } from 'node:child_process';
import { timerMs } from '../core/timer.ts';
import { LARGEST_OUTPUT, tooMuchOutput, type RunOptions, type RunResult } from './host.ts';
import { LineHearer, LineSplitter } from './line-splitter.ts';
import { notStarted, type Environment } from './start-program.ts';
import { Tail } from './tail.ts';

interface ProgramOptions extends Pick<RunOptions, 'cwd' | 'signal' | 'deadlineMs' | 'onLine' | 'lineEnd'> {
  readonly env: Environment;
  /** What errors call it; default: its first word. */
  readonly name?: string | undefined;
  /** What it reads; left out: nothing. */
  readonly input?: string;
  /** How what it prints becomes text: `latin1` makes a character of each byte; default: UTF-8. Not for lines. */
  readonly encoding?: 'latin1';
  /** How long it has after a signal to end by itself; default: 5 s. */
  readonly forceAfterMs?: number;
  /** Called with the number of its process, which leads a process group of its own. */
  readonly onStart?: (pid: number) => void;
}

/** Whoever holds the output of a program open when that has ended for so long is not waited for. */
const OUTPUT_GRACE_MS = 2000;

const FORCE_AFTER_MS = 5000;

/**
 * Runs a program on this machine to its end. It leads a process group of its own, so that Ctrl-C at the terminal does not
 * reach it, and gets the environment that is given and nothing else. A deadline or an abort signals the whole group, waits,
 * and kills it if it does not end. Rejects with `tool-missing` when it cannot be started, with `output-too-large` for a
 * program that prints too much and is not read line by line, and with what is thrown at a line.
 */
export async function runProgram(argv: readonly string[], options: ProgramOptions): Promise<RunResult> {
  const { execa } = await import('execa');
  const { env, name = argv[0], input, cwd, signal, deadlineMs, onLine, onStart } = options;
  const [program = '', ...rest] = argv;
  const tails = { out: new Tail(), err: new Tail() };
  const hearers = {
    out: new LineHearer((line) => onLine?.(line, 'out')),
    err: new LineHearer((line) => onLine?.(line, 'err')),
  };
  const lines = (stream: 'out' | 'err', end?: string) => {
    const splitter = new LineSplitter((line) => {
      tails[stream].push(line);
      hearers[stream].hear(line);
    }, end);
    return {
      binary: true,
      // oxlint-disable-next-line require-yield -- a transform that yields nothing keeps nothing in memory
      *transform(piece: unknown): Generator<string> {
        splitter.push(piece as Uint8Array);
      },
      // oxlint-disable-next-line require-yield -- as above
      *final(): Generator<string> {
        splitter.end();
      },
    };
  };
  const running = execa(program, rest, {
    reject: false,
    env,
    extendEnv: false,
    killDescendants: true,
    forceKillAfterDelay: options.forceAfterMs ?? FORCE_AFTER_MS,
    stripFinalNewline: false,
    maxBuffer: LARGEST_OUTPUT,
    encoding: options.encoding ?? 'utf8',
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    ...(onLine ? { buffer: false, stdout: [lines('out', options.lineEnd)], stderr: [lines('err')] } : {}),
    ...(cwd === undefined ? {} : { cwd }),
    ...(signal ? { cancelSignal: signal } : {}),
    ...(deadlineMs === undefined ? {} : { timeout: timerMs(deadlineMs) }),
  });
  leaveOutput(running.nodeChildProcess);
  if (running.pid !== undefined) onStart?.(running.pid);
  const result = await running;
  hearers.out.rethrow();
  hearers.err.rethrow();
  if (result.isMaxBuffer) throw tooMuchOutput(name);
  if (result.code !== undefined && result.exitCode === undefined && result.signal === undefined && !result.isCanceled)
    throw notStarted(name, result.code);
  return {
    exitCode: result.exitCode ?? null,
    signal: result.signal ?? null,
    stdout: onLine ? tails.out.text : (result.stdout ?? ''),
    stderr: onLine ? tails.err.text : (result.stderr ?? ''),
    timedOut: result.timedOut,
    cancelled: result.isCanceled,
    durationMs: Math.round(result.durationMs),
  };
}

/** A program that went into the background may hold the output of its parent open, for as long as it likes. */
function leaveOutput(child: ChildProcess): void {
  const leave = (): void => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  child.once('exit', () => void setTimeout(leave, OUTPUT_GRACE_MS).unref());
}
