import { StringDecoder } from 'node:string_decoder';

/** A line that is longer comes in pieces: what has no end of a line must not fill the memory. */
const LONGEST_LINE = 1024 * 1024;

/** Cuts a stream of bytes into lines, characters of several bytes across pieces included. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  readonly #end: string;
  #rest = '';

  /** `end`: what a line ends with, and is not part of it. */
  constructor(onLine: (line: string) => void, end = '\n') {
    this.#onLine = onLine;
    this.#end = end;
  }

  push(piece: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.write(piece)).split(this.#end);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line);
    if (this.#rest.length > LONGEST_LINE) this.#flush();
  }

  /** What came after the last end of a line is a line too. */
  end(): void {
    this.#rest += this.#decoder.end();
    this.#flush();
  }

  #flush(): void {
    const rest = this.#rest;
    this.#rest = '';
    if (rest !== '') this.#onLine(rest);
  }
}

/** Hears lines, and keeps what is thrown at one until all is read: thrown into a stream it would be lost, with the lines that follow. */
export class LineHearer {
  readonly #onLine: (line: string) => void;
  #fault: { readonly thrown: unknown } | null = null;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  hear(line: string): void {
    if (this.#fault !== null) return;
    try {
      this.#onLine(line);
    } catch (error) {
      this.#fault = { thrown: error };
    }
  }

  /** Throws what was thrown at a line. */
  rethrow(): void {
    if (this.#fault !== null) throw this.#fault.thrown;
  }
}
