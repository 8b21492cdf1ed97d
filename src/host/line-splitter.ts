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
