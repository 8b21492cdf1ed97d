import type { Connection, Submittable } from 'pg';

/** What pg's typings leave out of its connection. */
interface Wire {
  query(sql: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
  readonly stream: {
    pause(): void;
    resume(): void;
    readonly writableLength: number;
    on(event: 'drain' | 'close', listener: () => void): void;
    off(event: 'drain' | 'close', listener: () => void): void;
  };
}

/** Takes a piece of what is copied; a promise: nothing more is to come until it settles. */
export type TakeCopied = (chunk: Buffer) => Promise<void> | null;

/** A statement in the simple protocol that ends with one answer. */
abstract class Copying {
  readonly done: Promise<void>;
  readonly #sql: string;
  readonly #settle = Promise.withResolvers<void>();
  #fault: Error | null = null;

  constructor(sql: string) {
    this.#sql = sql;
    this.done = this.#settle.promise;
    this.done.catch(() => undefined); // It may settle before anybody waits for it.
  }

  submit(connection: Connection): void {
    (connection as unknown as Wire).query(this.#sql);
  }

  handleCommandComplete(): void {
    // What comes of it is known when the server is ready again.
  }

  handleError(error: Error): void {
    this.#settle.reject(error);
  }

  handleReadyForQuery(): void {
    if (this.#fault === null) this.#settle.resolve();
    else this.#settle.reject(this.#fault);
  }

  protected fail(error: unknown): void {
    this.#fault ??= error instanceof Error ? error : new Error(String(error));
  }
}

/** COPY … TO STDOUT: the server is read no faster than its rows are taken. */
export class CopyOut extends Copying implements Submittable {
  readonly #take: TakeCopied;

  constructor(sql: string, take: TakeCopied) {
    super(sql);
    this.#take = take;
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }, connection: Connection): void {
    const { stream } = connection as unknown as Wire;
    const busy = this.#take(chunk);
    if (busy === null) return;
    stream.pause();
    void busy.catch((error: unknown) => this.fail(error)).finally(() => stream.resume());
  }
}

/** After either of them no more is waited for: what is closed says so itself. */
const WAITED_FOR = ['drain', 'close'] as const;

/** How much may wait to be sent. */
const MOST_WAITING_BYTES = 1024 * 1024;

/** COPY … FROM STDIN. */
export class CopyIn extends Copying implements Submittable {
  readonly #ready = Promise.withResolvers<Wire>();

  constructor(sql: string) {
    super(sql);
    this.#ready.promise.catch(() => undefined);
  }

  /** Settles when the server takes rows. Throws what it says against that. */
  async begun(): Promise<void> {
    await this.#ready.promise;
  }

  handleCopyInResponse(connection: Connection): void {
    this.#ready.resolve(connection as unknown as Wire);
  }

  override handleError(error: Error): void {
    super.handleError(error);
    this.#ready.reject(error);
  }

  /** Sends a piece; a promise: enough is under way. */
  async send(chunk: Buffer): Promise<void> {
    const wire = await this.#ready.promise;
    wire.sendCopyFromChunk(chunk);
    if (wire.stream.writableLength <= MOST_WAITING_BYTES) return;
    const { stream } = wire;
    await new Promise<void>((resolve) => {
      const goOn = (): void => {
        for (const event of WAITED_FOR) stream.off(event, goOn);
        resolve();
      };
      for (const event of WAITED_FOR) stream.on(event, goOn);
    });
  }

  /** All was sent, or nothing more is to be. */
  async end(fault: Error | null): Promise<void> {
    const wire = await this.#ready.promise;
    if (fault === null) wire.endCopyFrom();
    else wire.sendCopyFail(fault.message);
    await this.done;
  }
}
