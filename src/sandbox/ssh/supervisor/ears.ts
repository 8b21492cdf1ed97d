import { DrillError } from '../../../core/errors.ts';
import { killGroupOf, type PipedProgram } from '../../../host/start-program.ts';
import { hostKeyIn, whyNotIn, wordsIn, type Heard } from './diagnose.ts';
import { printable, protocolError } from './frames.ts';
import { LIMITS } from './protocol.ts';

/** A connection on which the supervisor has answered. */
export interface Line {
  /** The first word of the answer, and the others. */
  readonly answer: readonly string[];
  /** Type and fingerprint of the server's key. */
  readonly hostKey: string | null;
  write(bytes: Buffer): void;
  /** Everything after the answer, from its first byte. */
  listen(onBytes: (bytes: Buffer) => void): void;
  /** Takes nothing from the connection for a while. */
  pause(): void;
  resume(): void;
  readonly closed: Promise<void>;
  close(): void;
}

/** An attempt to connect that failed, and whether another one may succeed. */
export class LineError extends Error {
  readonly passes: boolean;
  /** The supervisor's text was sent before the connection ended. */
  readonly mayHaveStarted: boolean;

  constructor(reason: DrillError, { passes, mayHaveStarted }: { passes: boolean; mayHaveStarted: boolean }) {
    super(reason.message, { cause: reason });
    this.passes = passes;
    this.mayHaveStarted = mayHaveStarted;
  }
}

interface Sought {
  readonly prefix: string;
  readonly found: (rest: string) => void;
  readonly fail: (error: LineError) => void;
}

const KEPT_ERROR_LENGTH = 16_000;
/** How long the output of a client that has ended may still come: something else may hold it open. */
const DRAIN_MS = 1000;

/** Listens to an SSH client, with a limit for all that comes, and tells why it was in vain. */
export class Ears {
  readonly #child: PipedProgram;
  readonly #host: string;
  /** What was printed and is not ours. */
  #bytes: Buffer = Buffer.alloc(0);
  /** What was said on standard error: the beginning, and the end. */
  #first = '';
  #last = '';
  #errorBytes = 0;
  #ended: { code: number | null } | null = null;
  #sought: Sought | null = null;
  #listener: ((piece: Buffer) => void) | null = null;
  readonly #closed = Promise.withResolvers<undefined>();
  mayHaveStarted = false;

  constructor(child: PipedProgram, host: string) {
    this.#child = child;
    this.#host = host;
    child.stdin.on('error', () => undefined);
    child.stdout.on('data', (piece: Buffer) => this.#hear(piece));
    child.stderr.on('data', (piece: Buffer) => this.#hearError(piece.toString('utf8')));
    child.once('error', (error) => {
      this.#hearError(`ssh: ${error.message}\n`);
      this.#end(null);
    });
    child.once('exit', (code) => setTimeout(() => this.#end(code), DRAIN_MS).unref());
    child.once('close', (code) => this.#end(code));
  }

  /** What stands behind a word, up to the end of that line. What login scripts print before it is no answer. */
  async lineAfter(prefix: string, withinMs: number): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.#sought = { prefix, found: resolve, fail: reject };
    const timer = setTimeout(() => this.#fail(this.#heard(withinMs)), withinMs);
    if (this.#ended) this.#fail(this.#heard(null));
    else this.#look();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The connection, once everything before the first frame was heard. */
  line(): Omit<Line, 'answer'> {
    return {
      hostKey: hostKeyIn(this.#first),
      write: (piece) => void this.#child.stdin.write(piece),
      listen: (onBytes) => {
        this.#listener = onBytes;
        const before = this.#bytes;
        this.#bytes = Buffer.alloc(0);
        if (before.length > 0) onBytes(before);
      },
      pause: () => void this.#child.stdout.pause(),
      resume: () => void this.#child.stdout.resume(),
      closed: this.#closed.promise,
      close: () => this.close(),
    };
  }

  /** Ends the client and whatever it has started, such as the way over another host. */
  close(): void {
    killGroupOf(this.#child, 'SIGKILL');
    this.#end(null);
  }

  #end(code: number | null): void {
    if (this.#ended) return;
    this.#ended = { code };
    const { stdin, stdout, stderr } = this.#child;
    for (const stream of [stdin, stdout, stderr]) stream.destroy();
    this.#fail(this.#heard(null));
    this.#closed.resolve(undefined);
  }

  #hear(piece: Buffer): void {
    if (this.#listener) return this.#listener(piece);
    this.#bytes = Buffer.concat([this.#bytes, piece]);
    this.#look();
    if (this.#sought && this.#bytes.length > LIMITS.noiseBytes.value) {
      this.#refuse(protocolError('prints without end before the supervisor answers', this.#bytes));
    }
    return undefined;
  }

  #look(): void {
    const sought = this.#sought;
    if (!sought) return;
    const at = this.#bytes.indexOf(sought.prefix);
    const end = at < 0 ? -1 : this.#bytes.indexOf('\n', at);
    if (end < 0) return;
    const text = this.#bytes.toString('latin1', at + sought.prefix.length, end);
    this.#bytes = this.#bytes.subarray(end + 1);
    this.#sought = null;
    sought.found(text);
  }

  #hearError(text: string): void {
    this.#errorBytes += text.length;
    if (this.#first.length < KEPT_ERROR_LENGTH) this.#first += text;
    this.#last = (this.#last + text).slice(-KEPT_ERROR_LENGTH);
    if (this.#sought && this.#errorBytes > LIMITS.loginErrorBytes.value) {
      this.#refuse(
        protocolError('says more than it may before the supervisor answers', Buffer.from(wordsIn(this.#first))),
      );
    }
  }

  #heard(withinMs: number | null): Heard {
    const isShort = this.#errorBytes <= KEPT_ERROR_LENGTH;
    return {
      host: this.#host,
      stderr: isShort ? this.#last : `${this.#first}\n${this.#last}`,
      stdout: printable(this.#bytes.subarray(this.#bytes.subarray(0, -1).lastIndexOf('\n') + 1), 200).replace(
        /\\x0a$/,
        '',
      ),
      mayHaveStarted: this.mayHaveStarted,
      exitStatus: this.#ended?.code ?? null,
      withinMs,
    };
  }

  #fail(heard: Heard): void {
    if (!this.#sought) return;
    const { error, passes } = whyNotIn(heard);
    this.#refuse(error, passes);
  }

  #refuse(error: DrillError, passes = false): void {
    const sought = this.#sought;
    this.#sought = null;
    sought?.fail(new LineError(error, { passes, mayHaveStarted: this.mayHaveStarted }));
    this.close();
  }
}
