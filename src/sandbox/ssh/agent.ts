import { randomBytes } from 'node:crypto';
import { PassThrough, Writable } from 'node:stream';
import { DrillError } from '../../core/errors.ts';
import type { Exec, ExecRequest } from '../../host/exec.ts';
import { FROM_AGENT, TO_AGENT, type Frame } from './frames.ts';
import { openLine, type AgentRequest, type Line, type SshTarget } from './line.ts';
import { Link, type Outages } from './link.ts';

/** What a supervisor is to do, and for how long. */
export interface AgentOptions {
  readonly runId: string;
  readonly drill: string;
  /** Where runs are restored on the server; null: the usual place. */
  readonly scratch: string | null;
  /** The name of the run's directory there. */
  readonly directory: string;
  readonly keeps: 'nothing' | 'data' | 'instance';
  /** The text of the file that marks the directory as a run's. */
  readonly marker: string;
  /** Paths of the server that the scratch directory must stay away from, and what they are. */
  readonly avoid: readonly { readonly path: string; readonly what: string }[];
  readonly sudo: boolean;
  readonly graceMs: number;
  /** After this much time it ends everything, whoever is connected. */
  readonly deadlineMs: number;
}

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
export class Agent {
  readonly #link: Link;
  readonly #channels = new Map<number, Channel>();
  readonly #finished = Promise.withResolvers<string>();
  #count = 0;
  #lost: DrillError | null = null;
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
  static async start(target: SshTarget, options: AgentOptions, signal: AbortSignal): Promise<Agent> {
    // Who attaches shows that it is who started.
    const base = { ...requestOf(options), key: randomBytes(16).toString('hex') };
    const line = await openLine(target, { ...base, mode: 'start', received: '0' }, signal);
    return new Agent(target, options.graceMs, base, line);
  }

  private constructor(target: SshTarget, graceMs: number, base: Omit<AgentRequest, 'mode'>, line: Line) {
    const [, , uid, root, memory] = line.answer;
    this.uid = Number(uid);
    this.root = root ?? '';
    this.memory = memory ?? '';
    this.hostKey = line.hostKey;
    this.#finished.promise.catch(() => undefined);
    this.#link = new Link({
      first: line,
      reopen: (received, signal) => openLine(target, { ...base, mode: 'attach', received: String(received) }, signal),
      graceMs,
      onFrame: (frame) => this.#take(frame),
      onLost: (error, clean) => this.#lose(error, clean),
    });
  }

  /** Why the supervisor cannot be reached any more; null: it can. */
  get lost(): DrillError | null {
    return this.#lost;
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
    this.#link.send(TO_AGENT.exec, number, fields.join('\0'));
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
    await this.#leave(TO_AGENT.finish, signal);
  }

  /** Leaves the programs and the directories of the run where they are. */
  async detach(signal: AbortSignal): Promise<void> {
    await this.#leave(TO_AGENT.detach, signal);
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
      const abort = (): void => this.#finished.reject(new Error('the server did not answer in time'));
      signal.addEventListener('abort', abort, { once: true });
      const problem = await this.#finished.promise;
      if (problem !== '') throw new Error(problem);
    } finally {
      this.#link.close();
    }
  }

  #inputOf(number: number): Writable {
    const close = (): void => {
      if (this.#channels.has(number)) this.#link.send(TO_AGENT.endOfInput, number);
    };
    return new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
          this.#link.send(TO_AGENT.input, number, chunk.subarray(at, at + PIECE_BYTES));
        }
        done();
      },
      destroy: (_error, done) => {
        close();
        done(null);
      },
    });
  }

  #take({ type, channel: number, payload }: Frame): void {
    const channel = this.#channels.get(number);
    switch (type) {
      case FROM_AGENT.output:
        channel?.stdout.write(payload);
        break;
      case FROM_AGENT.errors:
        channel?.stderr.write(payload);
        break;
      case FROM_AGENT.exit:
        this.#end(number, Number(payload.toString('latin1')));
        break;
      case FROM_AGENT.pong:
        this.#link.confirm(Number(payload.toString('latin1')));
        break;
      case FROM_AGENT.finished:
        this.#finished.resolve(payload.toString('utf8'));
        break;
    }
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
    if (clean && this.#isFinishing) this.#finished.resolve('');
    else this.#finished.reject(error);
  }
}

/** What every request to the supervisor's text says. */
function requestOf(options: AgentOptions): Omit<AgentRequest, 'mode'> {
  const { runId, drill, scratch, directory, keeps, marker, avoid, sudo, graceMs, deadlineMs } = options;
  return {
    run: runId,
    drill,
    scratch: scratch ?? '',
    directory,
    keeps,
    marker,
    avoid: avoid.map(({ path, what }) => `${what}:${path}`).join('\n'),
    sudo: sudo ? 'auto' : 'never',
    grace: String(Math.ceil(graceMs / 1000)),
    deadline: String(Math.ceil(deadlineMs / 1000)),
  };
}

/** Ends and removes what is left of a run on its server. Throws when something stays. */
export async function sweepServer(target: SshTarget, options: AgentOptions, signal: AbortSignal): Promise<void> {
  const line = await openLine(target, { ...requestOf(options), mode: 'sweep' }, signal);
  line.close();
}
