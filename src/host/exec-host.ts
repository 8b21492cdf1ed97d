import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { END_GROUP, NOTE_PID, READ_FILE, REMOVE, WRITE_FILES } from './exec-scripts.ts';
import type { Exec, ExecRequest, StartExec } from './exec.ts';
import { collect, endEarly } from './exec-output.ts';
import { notFenced, type Fence } from './fence.ts';
import {
  LARGEST_OUTPUT,
  tooMuchOutput,
  type Daemon,
  type DaemonOptions,
  type ExitStatus,
  type Host,
  type ReadOptions,
  type Room,
  type RunOptions,
  type RunResult,
} from './host.ts';
import { LineSplitter } from './line-splitter.ts';
import { placeFault } from './place-fault.ts';
import { cutText, LONGEST_TEXT_BYTES, tooLong } from './read-text.ts';

/** Longer than END_GROUP takes. */
const ENDS_WITHIN_MS = 30_000;

const SIGNALS = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

interface ExecHostOptions {
  readonly start: StartExec;
  /** Where that is, for messages: "in the container". */
  readonly where: string;
  /** A directory of that machine's memory, for notes of our own. */
  readonly notes: string;
  readonly env: Readonly<Record<string, string>>;
  /** The words before every command that make it one of the drill's user; `outlive`: it goes on when pgdrill ends. */
  readonly asUser?: (outlive: boolean) => readonly string[];
  /** Fences programs off. Reading, writing and removing files is done by the drill's user, and is not fenced. */
  readonly fence?: Fence | null;
}

/** Of all hosts: two of them may share a directory, and must not take a note of the other's for their own. */
let notesWritten = 0;

const NO_WORDS = (): readonly string[] => [];

/** A container or another machine, where everything is done by programs that are started there: nothing of it is at hand here. */
export class ExecHost implements Host {
  readonly #startExec: StartExec;
  readonly #where: string;
  readonly #notes: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #asUser: (outlive: boolean) => readonly string[];
  readonly #fence: Fence | null;
  readonly #open = new Set<Exec>();

  readonly #options: ExecHostOptions;

  constructor(options: ExecHostOptions) {
    const { start, where, notes, env, asUser = NO_WORDS, fence } = options;
    this.#options = options;
    this.#startExec = start;
    this.#where = where;
    this.#notes = notes;
    this.#env = { LANG: 'C.UTF-8', TZ: 'UTC', HOME: notes, ...env };
    this.#asUser = asUser;
    this.#fence = fence ?? null;
  }

  async run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const startedMs = performance.now();
    const note = this.#newNote();
    const { onLine, role = 'tool', reads = [], cwd } = options;
    const fence = this.#fence?.({ role, outlive: false, reads, cwd: cwd ?? null });
    const exec = await this.#start({
      argv: [...NOTE_PID, note, ...(fence ?? []), ...argv],
      env: { ...this.#env, ...options.env },
      cwd: fence ? undefined : cwd,
    });
    const why = endEarly(options, () => this.#endOrGiveUp(exec, note));
    const limit = { bytes: LARGEST_OUTPUT, exceeded: why.tooMuch };
    const out = collect(exec.stdout, {
      onLine: onLine && ((line) => onLine(line, 'out')),
      end: options.lineEnd,
      limit,
    });
    const err = collect(exec.stderr, { onLine: onLine && ((line) => onLine(line, 'err')), limit });
    // Whoever heard too much, or threw at a line, is told once the program has ended.
    for (const text of [out, err]) text.catch(() => undefined);
    const code = await exec.exited;
    const early = await why.settle();
    const [stdout, stderr] = await Promise.all([out, err]);
    if (early === 'output') throw tooMuchOutput(argv[0]);
    const unfenced = code === 1 && fence ? notFenced(stderr) : null;
    if (unfenced) throw unfenced;
    return {
      ...exitStatusOf(code),
      stdout,
      stderr,
      timedOut: early === 'timeout',
      cancelled: early === 'abort',
      durationMs: Math.round(performance.now() - startedMs),
    };
  }

  async start(argv: readonly string[], options: DaemonOptions): Promise<Daemon> {
    const note = this.#newNote();
    await this.writeFile(options.logPath, '', 0o600);
    const { outlive = false, role } = options;
    const fence = this.#fence?.({ role, outlive, reads: [], cwd: null }) ?? [];
    const script = 'log=$1; shift; echo $$ >"$0" && exec "$@" >>"$log" 2>&1';
    const exec = await this.#start(
      {
        argv: ['sh', '-c', script, note, options.logPath, ...fence, ...argv],
        env: { ...this.#env, ...options.env },
      },
      outlive,
    );
    exec.stdout.resume();
    exec.stderr.resume();
    if (outlive) exec.release();
    return {
      exited: exec.exited.then(exitStatusOf),
      kill: (signal) => {
        const name = signal.replace('SIG', '');
        const command = ['sh', '-c', 'read -r p <"$0" && kill "-$1" "-$p"', note, name];
        void this.#output({ argv: command }).catch(() => undefined);
      },
    };
  }

  followLines(path: string, onLine: (line: string) => void): { stop(): Promise<void> } {
    const note = this.#newNote();
    const splitter = new LineSplitter(onLine);
    let received = 0;
    let gone = false;
    const following = this.#start({ argv: [...NOTE_PID, note, 'tail', '-c', '+1', '-F', path] }).then((exec) => {
      exec.stderr.resume();
      exec.stdout.on('data', (piece: Buffer) => {
        received += piece.length;
        splitter.push(piece);
      });
      void exec.exited.then(() => (gone = true));
      return exec;
    });
    following.catch(() => (gone = true));
    return {
      stop: async () => {
        const size = Number(await this.#output({ argv: ['stat', '-c', '%s', path] }).catch(() => '0'));
        const isRead = (): boolean => received >= size || gone;
        for (let round = 0; !isRead() && round < 250; round += 1) await delay(20);
        if (!gone) await this.#endGroup(note, 'TERM').catch(() => undefined);
        await following.then((exec) => exec.exited).catch(() => undefined);
        splitter.end();
      },
    };
  }

  async readFile(path: string, { cut = false }: ReadOptions = {}): Promise<string | null> {
    const half = LONGEST_TEXT_BYTES / 2;
    const exec = await this.#start({
      argv: ['sh', '-c', READ_FILE, path, String(LONGEST_TEXT_BYTES), cut ? String(half) : ''],
    });
    const [text, error] = await Promise.all([collect(exec.stdout), collect(exec.stderr)]);
    const code = await exec.exited;
    if (code === 66) return null;
    if (code === 67) throw tooLong(path, Number(error));
    if (code !== 0) throw placeFault(`${path} cannot be read ${this.#where}`, wordOf(error, code));
    const [, size] = /^cut (\d+)\n$/.exec(error) ?? [];
    return size === undefined ? text : cutText(text.slice(0, half), text.slice(half), Number(size) - 2 * half);
  }

  async writeFile(path: string, content: string | Uint8Array, mode: number): Promise<void> {
    await this.#write([[path, Buffer.from(content)]], mode);
  }

  async writeFiles(files: Readonly<Record<string, string>>, mode: number): Promise<void> {
    const written = Object.entries(files).map(([path, content]): [string, Buffer] => [path, Buffer.from(content)]);
    await this.#write(written, mode);
  }

  async makeDirectory(path: string): Promise<void> {
    await this.#output({ argv: ['sh', '-c', 'umask 077 && exec mkdir -p -- "$0"', path] });
  }

  async list(path: string): Promise<string[] | null> {
    const script = 'test -d "$0" || exit 66; exec find "$0" -mindepth 1 -maxdepth 1 -printf "%f\\0"';
    const exec = await this.#start({ argv: ['sh', '-c', script, path] });
    const [text, error] = await Promise.all([collect(exec.stdout), collect(exec.stderr)]);
    const code = await exec.exited;
    if (code === 66) return null;
    if (code !== 0) throw placeFault(`${path} cannot be listed ${this.#where}`, wordOf(error, code));
    return text.split('\0').slice(0, -1);
  }

  async resolveLink(path: string): Promise<string | null> {
    const script = 'test -L "$0" && readlink -e "$0" || true';
    return (await this.#output({ argv: ['sh', '-c', script, path] })).trim() || null;
  }

  async remove(path: string | readonly string[], signal?: AbortSignal): Promise<void> {
    const paths = typeof path === 'string' ? [path] : path;
    const options = signal ? { signal } : {};
    // Not fenced off: what is mounted there could not be removed.
    const plain = new ExecHost({ ...this.#options, fence: null });
    const { exitCode, stderr } = await plain.run(['sh', '-c', REMOVE, 'sh', ...paths], options);
    if (exitCode !== 0) throw new Error(`${paths.join(', ')} cannot be removed ${this.#where}: ${stderr.trim()}`);
  }

  async room(path: string): Promise<Room> {
    const text = await this.#output({ argv: ['df', '-B1', '--output=avail,iavail,itotal', '--', path] });
    // `-` stands for what is not counted.
    const [freeBytes = 0, freeFiles = 0, allFiles = 0] = (text.trim().split('\n').at(-1) ?? '')
      .trim()
      .split(/\s+/)
      .map((word) => (word === '-' ? 0 : Number(word)));
    return { freeBytes, freeFiles, allFiles };
  }

  /**
   * The machine or the container is gone. An engine does not always end the streams of a container's programs then, so
   * whoever waits for one of them is told here: it was killed.
   */
  lost(): void {
    for (const exec of this.#open) exec.abandon();
  }

  async #write(files: readonly (readonly [path: string, content: Buffer])[], mode: number): Promise<void> {
    const words = files.flatMap(([path, content]) => [path, String(content.length)]);
    const exec = await this.#start({ argv: ['perl', '-e', WRITE_FILES, mode.toString(8), ...words], stdin: true });
    exec.stdin.end(Buffer.concat(files.map(([, content]) => content)));
    await expectSuccess(exec, `${files.map(([path]) => path).join(', ')} cannot be written ${this.#where}`);
  }

  #newNote(): string {
    notesWritten += 1;
    return `${this.#notes}/process-${notesWritten}`;
  }

  async #start(request: ExecRequest, outlive = false): Promise<Exec> {
    const argv = [...this.#asUser(outlive), ...request.argv];
    const exec = await this.#startExec({ env: this.#env, ...request, argv });
    this.#open.add(exec);
    void exec.exited.then(() => this.#open.delete(exec));
    return exec;
  }

  /** What a program prints that must succeed. */
  async #output(request: ExecRequest): Promise<string> {
    return expectSuccess(await this.#start(request), `${request.argv[0] ?? ''} failed ${this.#where}`);
  }

  /** Ends a program. A machine on which that does not come about is not waited for. */
  async #endOrGiveUp(exec: Exec, note: string): Promise<void> {
    const { promise: givenUp, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => {
      exec.abandon();
      resolve(undefined);
    }, ENDS_WITHIN_MS);
    const ended = Promise.all([this.#endGroup(note, 'TERM'), exec.exited]);
    await Promise.race([ended, givenUp]).finally(() => clearTimeout(timer));
  }

  async #endGroup(note: string, signal: string): Promise<void> {
    await this.#output({ argv: ['sh', '-c', END_GROUP, note, signal] });
  }
}

async function expectSuccess(exec: Exec, what: string): Promise<string> {
  const [text, error] = await Promise.all([collect(exec.stdout), collect(exec.stderr)]);
  const code = await exec.exited;
  if (code === 0) return text;
  throw placeFault(what, wordOf(error, code));
}

/** What a program that failed has said; a place that went away lets it say nothing. */
function wordOf(error: string, code: number | null): string {
  return error.trim() || (code === null ? 'it ended without an exit status' : `exit status ${code}`);
}

/** A signal is told as 128 and its number; a machine that went away took its processes with it. */
function exitStatusOf(code: number | null): ExitStatus {
  if (code === null) return { exitCode: null, signal: 'SIGKILL' };
  const signal = code > 128 ? SIGNALS.get(code - 128) : undefined;
  return signal === undefined ? { exitCode: code, signal: null } : { exitCode: null, signal };
}
