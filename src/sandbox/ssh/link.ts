import { setTimeout as delay } from 'node:timers/promises';
import { asDrillError, DrillError } from '../../core/errors.ts';
import { abortAfter } from '../../core/timer.ts';
import { encodeFrame, FrameSplitter, TO_AGENT, type Frame } from './frames.ts';
import { mayPass, type Line } from './line.ts';

interface LinkOptions {
  readonly first: Line;
  /** Opens another connection; `received`: how much of the supervisor's stream has arrived here. */
  readonly reopen: (received: number, signal: AbortSignal) => Promise<Line>;
  /** How long the supervisor waits for a connection, and so does this side. */
  readonly graceMs: number;
  readonly onFrame: (frame: Frame) => void;
  /** The supervisor cannot be reached any more; `clean`: it has ended, and left nothing. */
  readonly onLost: (error: DrillError, clean: boolean) => void;
}

/** Times at which the connection was broken. */
export interface Outages {
  count: number;
  totalMs: number;
}

const CONFIRM_BYTES = 256 * 1024;
const HEARTBEAT_MS = 5000;
/** After so much silence a connection that looks open is given up. */
const SILENCE_MS = 15_000;

/**
 * A stream of frames each way that outlives its connection. What was sent is kept until the other side has confirmed it,
 * and sent again on the next connection from where the other side stopped receiving. So whoever uses it sees no break,
 * only a pause; and no longer one than the grace.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly outages: Outages = { count: 0, totalMs: 0 };
  readonly #splitter: FrameSplitter;
  readonly #closing = new AbortController();
  readonly #heartbeat: NodeJS.Timeout;
  #line: Line | null = null;
  #unconfirmed: Buffer[] = [];
  /** Bytes of our stream that were confirmed; bytes of the other that have arrived, and of those the ones confirmed. */
  #confirmed = 0;
  #received = 0;
  #told = 0;
  #heardAt = performance.now();

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#splitter = new FrameSplitter(options.onFrame);
    // The supervisor gives up who is silent for the grace.
    this.#heartbeat = setInterval(() => this.#beat(), Math.min(HEARTBEAT_MS, options.graceMs / 4));
    this.#use(options.first, 0);
  }

  send(type: number, channel: number, payload: Buffer | string = ''): void {
    const frame = encodeFrame(type, channel, payload);
    this.#unconfirmed.push(frame);
    this.#line?.write(frame);
  }

  /** The supervisor has received this many bytes. */
  confirm(count: number): void {
    while (this.#unconfirmed[0] && this.#confirmed < count) {
      const [first] = this.#unconfirmed;
      const left = count - this.#confirmed;
      if (first.length <= left) this.#unconfirmed.shift();
      else this.#unconfirmed[0] = first.subarray(left);
      this.#confirmed += Math.min(first.length, left);
    }
  }

  close(): void {
    clearInterval(this.#heartbeat);
    this.#closing.abort();
    this.#line?.close();
  }

  #beat(): void {
    if (this.#line === null) return;
    // A connection that is cut without a word looks open for a long time.
    if (performance.now() - this.#heardAt > SILENCE_MS) this.#line.close();
    else this.#ping();
  }

  #ping(): void {
    this.#told = this.#received;
    this.send(TO_AGENT.ping, 0, String(this.#received));
  }

  #use(line: Line, peerReceived: number): void {
    this.confirm(peerReceived);
    this.#line = line;
    this.#heardAt = performance.now();
    for (const frame of this.#unconfirmed) line.write(frame);
    line.listen((bytes) => {
      this.#heardAt = performance.now();
      this.#received += bytes.length;
      this.#splitter.push(bytes);
      if (this.#received - this.#told > CONFIRM_BYTES) this.#ping();
    });
    void line.closed.then(() => this.#reconnect());
  }

  async #reconnect(): Promise<void> {
    const since = performance.now();
    this.#line = null;
    let last: unknown = null;
    const { signal } = this.#closing;
    const deadline = abortAfter(Math.max(1, this.#options.graceMs));
    const either = AbortSignal.any([signal, deadline]);
    for (let pauseMs = 100; !signal.aborted; pauseMs = Math.min(2000, pauseMs * 2)) {
      try {
        const line = await this.#options.reopen(this.#received, either);
        const [word, received] = line.answer;
        if (word !== 'resume') {
          line.close();
          return this.#lose(
            supervisorGone(word ?? ''),
            performance.now() - since,
            word === 'gone' && received === 'clean',
          );
        }
        this.outages.count += 1;
        this.outages.totalMs += Math.round(performance.now() - since);
        if (signal.aborted) return line.close();
        return this.#use(line, Number(received));
      } catch (error) {
        if (!deadline.aborted) last = error;
        if (signal.aborted) return;
        if (deadline.aborted || !mayPass(error)) return this.#lose(last, performance.now() - since);
        await delay(pauseMs, undefined, { signal: either }).catch(() => undefined);
      }
    }
  }

  #lose(last: unknown, afterMs: number, clean = false): void {
    this.close();
    const why = asDrillError(last)?.message ?? 'the connection broke';
    this.#options.onLost(
      new DrillError(
        'connection-lost',
        `the server could not be reached again within ${Math.round(afterMs / 1000)} s: ${why}`,
        {
          hint: 'the supervisor on the server ends and removes everything of the run by itself; drill sweep makes sure of it',
          cause: last,
        },
      ),
      clean,
    );
  }
}

function supervisorGone(word: string): DrillError {
  const what =
    word === 'gone' ? 'the supervisor of the run is not there any more' : `the server answered with "${word}"`;
  return new DrillError('connection-lost', what, { hint: 'was the server restarted, or did its memory run out?' });
}
