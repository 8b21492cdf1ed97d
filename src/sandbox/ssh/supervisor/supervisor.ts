import { randomBytes } from 'node:crypto';
import { PassThrough, Writable } from 'node:stream';
import { DrillError } from '../../../core/errors.ts';
import type { Exec, ExecRequest } from '../../../host/exec.ts';
import { countIn, printable, protocolError, type Frame } from './frames.ts';
import type { Line } from './ears.ts';
import { openLine, type SupervisorRequest, type SshTarget } from './line.ts';
import { answerMs, requestOf, type SupervisorOptions } from './request.ts';
import { Link, type Outages } from './link.ts';
import { DEADLINES, FROM_SUPERVISOR_FRAMES, TO_SUPERVISOR_FRAMES } from './protocol.ts';

interface Channel {
  readonly stdout: PassThrough;
  readonly stderr: PassThrough;
  readonly end: (code: number | null) => void;
}

const PIECE_BYTES = 64 * 1024;

/**
 * The supervisor of a run on a server, as pgdrill sees it: starts programs there, and is not disturbed by connections
 * that break off for less than the grace.
 */
export class Supervisor {
  readonly #link: Link;
  readonly #channels = new Map<number, Channel>();
  readonly #finished = Promise.withResolvers<string>();
  #count = 0;
  readonly #keeps: SupervisorOptions['keeps'];
  #lost: DrillError | null = null;
  #isClean = false;
  #isFinishing = false;
  /** Nothing more can be asked for. */
  #isOver = false;
  /** Who it runs as; 0: root. */
  readonly uid: number;
  /** The run's directory, and the one in memory, on the server. */
  readonly root: string;
  readonly memory: string;
  /** Type and fingerprint of the server's key; null: the client did not say. */
  readonly hostKey: string | null;

  /** Starts a supervisor. Rejects with a LineError when nobody is let in, with a DrillError when it refuses. */
  static async start(target: SshTarget, options: SupervisorOptions, signal: AbortSignal): Promise<Supervisor> {
    // Who attaches shows that it is who started.
    const base = { ...requestOf(options), key: randomBytes(16).toString('hex') };
    const withinMs = answerMs(options.graceMs);
    const line = await openLine(target, { ...base, mode: 'start', received: '0' }, { signal, withinMs });
    try {
      return new Supervisor(target, options, base, line);
    } catch (error) {
      line.close();
      throw error;
    }
  }

  private constructor(
    target: SshTarget,
    options: SupervisorOptions,
    base: Omit<SupervisorRequest, 'mode'>,
    line: Line,
  ) {
    const { graceMs } = options;
    const [word = '', received = '', uid = '', root = '', memory = ''] = line.answer;
    const isPlace = [root, memory].every((path) => /^\/[^\0\n]+$/.test(path) && !path.split('/').includes('..'));
    if (word !== 'resume' || received !== '0' || !isPlace || !root.endsWith(`/${options.directory}`)) {
      throw protocolError('answered as no supervisor does', Buffer.from(line.answer.join(' ')));
    }
    this.uid = countIn(Buffer.from(uid), 2 ** 32 - 1, 'a user');
    this.root = root;
    this.memory = memory;
    this.hostKey = line.hostKey;
    this.#keeps = options.keeps;
    this.#finished.promise.catch(() => undefined);
    const withinMs = answerMs(graceMs);
    this.#link = new Link({
      first: line,
      reopen: (count, signal) =>
        openLine(target, { ...base, mode: 'attach', received: String(count) }, { signal, withinMs }),
      graceMs,
      pongMs: withinMs,
      onFrame: (frame) => this.#take(frame),
      unreadBytes: () => this.#unreadBytes(),
      onLost: (error, clean) => this.#lose(error, clean),
    });
  }

  /**
   * Ties it to the run: when that is told to end (`signal`), the server has to answer soon, or is given up. When it is
   * told to end at once (`hurry`), the server gets the word to end and remove everything, and is left.
   */
  heed(signal: AbortSignal, hurry: AbortSignal): void {
    whenAborted(signal, () => this.#link.beImpatient());
    whenAborted(hurry, () => void this.#leaveAtOnce());
  }

  /** Why the supervisor cannot be reached any more; null: it can. */
  get lost(): DrillError | null {
    return this.#lost;
  }

  /** It has told that nothing of the run is left on the server. */
  get isClean(): boolean {
    return this.#isClean;
  }

  get outages(): Readonly<Outages> {
    return this.#link.outages;
  }

  exec(request: ExecRequest): Promise<Exec> {
    if (this.#lost) return Promise.reject(this.#lost);
    if (this.#isOver) return Promise.reject(new DrillError('sandbox-failed', 'the run has left the server already'));
    this.#count += 1;
    const number = this.#count;
    const { argv, env = {}, cwd = '', stdin = false } = request;
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const fields = [stdin ? '1' : '0', cwd, String(variables.length), ...variables, ...argv];
    const bad = fields.find((field) => field.includes('\0'));
    if (bad !== undefined) return Promise.reject(new Error(`a word with a NUL: ${JSON.stringify(bad)}`));
    const { promise: exited, resolve: end } = Promise.withResolvers<number | null>();
    const channel: Channel = { stdout: new PassThrough(), stderr: new PassThrough(), end };
    this.#channels.set(number, channel);
    this.#link.send(TO_SUPERVISOR_FRAMES.exec.number, number, fields.join('\0'));
    return Promise.resolve({
      stdin: this.#inputOf(number),
      stdout: channel.stdout,
      stderr: channel.stderr,
      exited,
      release: () => undefined,
      abandon: () => this.#end(number, null),
    });
  }

  /** Ends all programs and removes what the run made on the server. Throws when something stays, or nobody answers. */
  async finish(signal: AbortSignal): Promise<void> {
    this.#isFinishing = true;
    await this.#leave(TO_SUPERVISOR_FRAMES.finish.number, signal);
  }

  /** Leaves the programs and the directories of the run where they are. */
  async detach(signal: AbortSignal): Promise<void> {
    await this.#leave(TO_SUPERVISOR_FRAMES.detach.number, signal);
  }

  /** Lets go of the supervisor, which ends and removes everything once the grace is over. */
  close(): void {
    this.#isOver = true;
    this.#link.close();
  }

  async #leave(how: number, signal: AbortSignal): Promise<void> {
    try {
      if (this.#lost) throw this.#lost;
      this.#isOver = true;
      this.#link.send(how, 0);
      whenAborted(signal, () => this.#finished.reject(new Error('the server did not answer in time')));
      const problem = await this.#finished.promise;
      if (problem !== '') throw new Error(problem);
    } finally {
      this.#link.close();
    }
  }

  /** The supervisor cleans up by itself; whoever is in a hurry waits for its word no longer than a moment. */
  async #leaveAtOnce(): Promise<void> {
    if (this.#lost) return;
    const isToClean = this.#keeps !== 'instance';
    if (isToClean) {
      this.#isOver = true;
      this.#isFinishing = true;
      this.#link.send(TO_SUPERVISOR_FRAMES.finish.number, 0);
    }
    const { promise: late, resolve } = Promise.withResolvers<string>();
    const timer = setTimeout(() => resolve('late'), isToClean ? DEADLINES.leaveMs.value : 0);
    const problem = await Promise.race([this.#finished.promise, late]).catch(() => 'lost');
    clearTimeout(timer);
    const message = 'the server was left at once, since the run was told to hurry';
    const hint = 'its supervisor ends and removes everything of the run by itself; drill sweep makes sure of it';
    this.#link.lose(new DrillError('connection-lost', message, { hint }), problem === '');
  }

  #inputOf(number: number): Writable {
    const close = (): void => {
      if (this.#channels.has(number)) this.#link.send(TO_SUPERVISOR_FRAMES.endOfInput.number, number);
    };
    return new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
          this.#link.send(TO_SUPERVISOR_FRAMES.input.number, number, chunk.subarray(at, at + PIECE_BYTES));
        }
        this.#link.room(done);
      },
      destroy: (_error, done) => {
        close();
        done(null);
      },
    });
  }

  #take(frame: Frame): void {
    const { type, channel: number, payload } = frame;
    const isOfAll = type === FROM_SUPERVISOR_FRAMES.finished.number;
    // A channel may have been given up already; one that never was is nobody's.
    if (isOfAll ? number !== 0 : number === 0 || number > this.#count) {
      throw protocolError(`spoke of a program that was never started (${number})`, payload);
    }
    const channel = this.#channels.get(number);
    switch (type) {
      case FROM_SUPERVISOR_FRAMES.output.number:
        if (channel?.stdout.destroyed === false) channel.stdout.write(payload);
        break;
      case FROM_SUPERVISOR_FRAMES.errors.number:
        if (channel?.stderr.destroyed === false) channel.stderr.write(payload);
        break;
      case FROM_SUPERVISOR_FRAMES.exit.number:
        this.#end(number, countIn(payload, 255, 'an exit status'));
        break;
      case FROM_SUPERVISOR_FRAMES.finished.number:
        if (!this.#isOver) throw protocolError('said that the run is over, which nobody had asked for', payload);
        this.#isClean = this.#isFinishing && payload.length === 0;
        this.#finished.resolve(payload.length === 0 ? '' : printable(payload, 4000));
        break;
    }
  }

  /** What has come and was not read yet. */
  #unreadBytes(): number {
    const streams = [...this.#channels.values()].flatMap(({ stdout, stderr }) => [stdout, stderr]);
    return streams
      .filter(({ destroyed }) => !destroyed)
      .reduce((sum, { readableLength, writableLength }) => sum + readableLength + writableLength, 0);
  }

  #end(number: number, code: number | null): void {
    const channel = this.#channels.get(number);
    if (!channel) return;
    this.#channels.delete(number);
    channel.stdout.end();
    channel.stderr.end();
    channel.end(code);
  }

  #lose(error: DrillError, clean: boolean): void {
    this.#lost = error;
    for (const number of this.#channels.keys()) this.#end(number, null);
    // Its last word may have got lost with the connection; what it has left tells as well.
    this.#isClean ||= clean && this.#isFinishing;
    if (this.#isClean) this.#finished.resolve('');
    else this.#finished.reject(error);
  }
}

function whenAborted(signal: AbortSignal, then: () => void): void {
  if (signal.aborted) then();
  else signal.addEventListener('abort', then, { once: true });
}

/** Ends and removes what is left of a run on its server. Throws when something stays. */
export async function sweepServer(target: SshTarget, options: SupervisorOptions, signal: AbortSignal): Promise<void> {
  const waiting = { signal, withinMs: answerMs(options.graceMs), answersWithinMs: DEADLINES.sweepAnswerMs.value };
  const line = await openLine(target, { ...requestOf(options), mode: 'sweep' }, waiting);
  line.close();
  if (line.answer[0] !== 'swept') throw protocolError('answered as no sweep does', Buffer.from(line.answer.join(' ')));
}
