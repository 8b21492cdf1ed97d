import { setTimeout as delay } from 'node:timers/promises';
import { asDrillError, DrillError } from '../../../core/errors.ts';
import { countIn, encodeFrame, FrameSplitter, protocolError, type Frame } from './frames.ts';
import type { Line } from './ears.ts';
import { mayPass } from './line.ts';
import { DEADLINES, FROM_SUPERVISOR_FRAMES, LIMITS, TO_SUPERVISOR_FRAMES } from './protocol.ts';
import { shortened } from '../../../core/shortened.ts';

interface LinkOptions {
  readonly first: Line;
  /** Opens another connection; `received`: how much of the supervisor's stream has arrived here. */
  readonly reopen: (received: number, signal: AbortSignal) => Promise<Line>;
  /** How long the supervisor waits for a connection, and so does this side. */
  readonly graceMs: number;
  /** How long a pong is waited for, whatever else comes. */
  readonly pongMs: number;
  /** Throws a DrillError for what a supervisor never says. */
  readonly onFrame: (frame: Frame) => void;
  /** Bytes that were handed on and not read yet. */
  readonly unreadBytes: () => number;
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

/**
 * A stream of frames each way that outlives its connection. What was sent is kept until the other side has confirmed it,
 * and sent again on the next connection from where the other side stopped receiving. So whoever uses it sees no break,
 * only a pause; and no longer one than the grace. An outage is over when the stream has gone on: a server that lets us in
 * and says nothing, or closes at once, is as far away as one that is not there.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly outages: Outages = { count: 0, totalMs: 0 };
  readonly #splitter: FrameSplitter;
  readonly #closing = new AbortController();
  readonly #watch: NodeJS.Timeout;
  #line: Line | null = null;
  #unconfirmed: Buffer[] = [];
  /** Bytes of our stream: sent, and of those confirmed; bytes of the other that have arrived, and of those confirmed. */
  #sent = 0;
  #confirmed = 0;
  #received = 0;
  #told = 0;
  #heardAt = performance.now();
  /** Since when a ping is under way; null: none is. */
  #pingAt: number | null = null;
  #pongAt = performance.now();
  /** Since when there is no connection that has answered; null: there is one. */
  #outSince: number | null = null;
  #pauseMs = 0;
  #lastError: unknown = null;
  #impatientSince: number | null = null;
  #isPaused = false;
  #waiting: (() => void)[] = [];

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#splitter = new FrameSplitter((frame) => this.#take(frame));
    // The supervisor gives up who is silent for the grace.
    this.#watch = setInterval(() => this.#look(), Math.min(1000, options.graceMs / 4));
    this.#use(options.first, 0);
  }

  send(type: number, channel: number, payload: Buffer | string = ''): void {
    const frame = encodeFrame(type, channel, payload);
    this.#unconfirmed.push(frame);
    this.#sent += frame.length;
    this.#line?.write(frame);
  }

  /** Calls back once the other side has taken enough of what was sent for more to be kept here. */
  room(then: () => void): void {
    this.#waiting.push(then);
    this.#goOn();
  }

  /** From now on the other side has to answer soon: the run is to end. */
  beImpatient(): void {
    this.#impatientSince ??= performance.now();
    this.#ping();
  }

  /** Gives the supervisor up. */
  lose(error: DrillError, clean = false): void {
    if (this.#closing.signal.aborted) return;
    this.close();
    this.#options.onLost(error, clean);
  }

  close(): void {
    clearInterval(this.#watch);
    this.#closing.abort();
    this.#line?.close();
    this.#goOn();
  }

  #goOn(): void {
    const isFull = this.#sent - this.#confirmed > LIMITS.unconfirmedBytes.value;
    if (isFull && !this.#closing.signal.aborted) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** The supervisor has received this many bytes. */
  #confirm(count: number): void {
    while (this.#unconfirmed[0] && this.#confirmed < count) {
      const [first] = this.#unconfirmed;
      const left = count - this.#confirmed;
      if (first.length <= left) this.#unconfirmed.shift();
      else this.#unconfirmed[0] = first.subarray(left);
      this.#confirmed += Math.min(first.length, left);
    }
    this.#goOn();
  }

  #look(): void {
    const now = performance.now();
    const since = (moment: number | null): number => (moment === null ? 0 : now - moment);
    const { graceMs, pongMs, unreadBytes } = this.#options;
    if (this.#isPaused && unreadBytes() < LIMITS.unreadBytes.value / 2) this.#resume();
    if (
      this.#impatientSince !== null &&
      now - Math.max(this.#pongAt, this.#impatientSince) > DEADLINES.impatientMs.value
    )
      return this.#give('the server did not answer after the run was told to end');
    if (since(this.#outSince) > graceMs) return this.#giveUp();
    if (this.#isPaused || this.#line === null) return undefined;
    if (since(this.#pingAt) > pongMs) return this.#give('the server did not answer a ping');
    // A connection that is cut without a word looks open for a long time.
    if (now - this.#heardAt > DEADLINES.silenceMs.value) return this.#line.close();
    const beatMs = this.#impatientSince === null ? HEARTBEAT_MS : 1000;
    if (now - this.#pongAt > Math.min(beatMs, graceMs / 4)) this.#ping();
    return undefined;
  }

  #ping(): void {
    if (this.#pingAt !== null) return;
    this.#pingAt = performance.now();
    this.#told = this.#received;
    this.send(TO_SUPERVISOR_FRAMES.ping.number, 0, String(this.#received));
  }

  #take(frame: Frame): void {
    if (frame.type === FROM_SUPERVISOR_FRAMES.pong.number) this.#takePong(frame);
    else this.#options.onFrame(frame);
  }

  #takePong(frame: Frame): void {
    if (this.#pingAt === null) throw protocolError('sent a pong that nothing had asked for', frame.payload);
    this.#confirm(countIn(frame.payload, this.#sent, 'a number of bytes'));
    this.#pingAt = null;
    this.#pongAt = performance.now();
    if (this.#received - this.#told > CONFIRM_BYTES) this.#ping();
  }

  #endOutage(): void {
    if (this.#outSince === null) return;
    this.outages.count += 1;
    this.outages.totalMs += Math.round(performance.now() - this.#outSince);
    this.#outSince = null;
    this.#pauseMs = 0;
  }

  #hear(bytes: Buffer): void {
    if (this.#closing.signal.aborted) return;
    this.#heardAt = performance.now();
    this.#received += bytes.length;
    try {
      this.#splitter.push(bytes);
    } catch (error) {
      const odd = asDrillError(error);
      if (!odd) throw error;
      return this.lose(odd);
    }
    this.#endOutage();
    if (this.#received - this.#told > CONFIRM_BYTES) this.#ping();
    if (this.#options.unreadBytes() > LIMITS.unreadBytes.value) {
      this.#isPaused = true;
      this.#line?.pause();
    }
    return undefined;
  }

  #resume(): void {
    this.#isPaused = false;
    this.#heardAt = performance.now();
    if (this.#pingAt !== null) this.#pingAt = this.#heardAt;
    this.#line?.resume();
  }

  #use(line: Line, peerReceived: number): void {
    this.#confirm(peerReceived);
    this.#line = line;
    this.#heardAt = performance.now();
    if (this.#pingAt !== null) this.#pingAt = this.#heardAt;
    for (const frame of this.#unconfirmed) line.write(frame);
    line.listen((bytes) => this.#hear(bytes));
    if (this.#isPaused) line.pause();
    this.#ping();
    void line.closed.then(() => this.#reconnect());
  }

  async #reconnect(): Promise<void> {
    this.#outSince ??= performance.now();
    this.#line = null;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await delay(this.#pauseMs, undefined, { signal }).catch(() => undefined);
      this.#pauseMs = Math.min(2000, Math.max(100, this.#pauseMs * 2));
      if (signal.aborted) return;
      try {
        const line = await this.#options.reopen(this.#received, signal);
        if (signal.aborted) return line.close();
        return this.#goOnWith(line);
      } catch (error) {
        if (signal.aborted) return;
        this.#lastError = error;
        if (!mayPass(error)) return this.#giveUp();
      }
    }
  }

  /** Goes on with a connection on which somebody has answered, if that is our supervisor. */
  #goOnWith(line: Line): void {
    const [word = '', received = ''] = line.answer;
    try {
      if (word === 'resume') {
        const count = countIn(Buffer.from(received), this.#sent, 'a number of bytes');
        if (count < this.#confirmed) throw protocolError('took back what it had confirmed', Buffer.from(received));
        return this.#use(line, count);
      }
      line.close();
      return this.lose(supervisorGone(word), word === 'gone' && received === 'clean');
    } catch (error) {
      line.close();
      const odd = asDrillError(error);
      if (!odd) throw error;
      return this.lose(odd);
    }
  }

  #giveUp(): void {
    const seconds = Math.round((performance.now() - (this.#outSince ?? performance.now())) / 1000);
    const why = asDrillError(this.#lastError)?.message ?? 'each connection broke again, or nothing came from it';
    this.#give(`the server could not be reached again within ${seconds} s: ${why}`);
  }

  #give(message: string): void {
    this.lose(
      new DrillError('connection-lost', message, {
        hint: 'the supervisor on the server ends and removes everything of the run by itself; drill sweep makes sure of it',
        cause: this.#lastError ?? undefined,
      }),
    );
  }
}

function supervisorGone(word: string): DrillError {
  const what =
    word === 'gone'
      ? 'the supervisor of the run is not there any more'
      : `the server answered with "${shortened(word, 40)}"`;
  return new DrillError('connection-lost', what, { hint: 'was the server restarted, or did its memory run out?' });
}
