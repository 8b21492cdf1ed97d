import { isUtf8 } from 'node:buffer';
import { Socket } from 'node:net';
import { atSocketItself } from '../core/socket-itself.ts';

/** No answer that anybody could judge has a longer row; PostgreSQL sends up to 1 GB in one. */
const LONGEST_MESSAGE_BYTES = 16 * 1024 ** 2;

/** Type, and length without the type. */
const HEADER_BYTES = 5;
const DATA_ROW = 0x44;
const NULL = -1;

/**
 * A connection to a server that is not to be trusted. It follows no link to it: the copy may put one in the place of its
 * socket, and we are outside of its fence, where production's socket is. A message of more than 16 MB breaks the connection
 * before it is read. On request bytes of values that are not UTF-8 come escaped, `\xe9`, where node would lose them.
 */
export class GuardedSocket extends Socket {
  /** Values may hold any bytes: so it is in a database of the encoding SQL_ASCII. */
  escapes = false;
  /** The beginning of a message whose header is not whole yet. */
  #header: Buffer = Buffer.alloc(0);
  /** Bytes of the message that is under way which are still to come. */
  #missing = 0;
  /** The parts of a message that is held back until it is whole. */
  #held: Buffer[] = [];

  /**
   * To a socket, by its path. The connection goes to the socket that was found, even if something else is put in its place
   * later.
   */
  override connect(...words: unknown[]): this {
    return atSocketItself(String(words[0]), (path) => super.connect(path));
  }

  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    if (!Buffer.isBuffer(chunk)) return super.push(chunk, encoding);
    const whole = this.#wholeMessages(chunk);
    if (this.destroyed) return false;
    const passed = this.escapes ? Buffer.concat(whole.map(escaped)) : chunk;
    return passed.length === 0 || super.push(passed);
  }

  /** Follows the messages through a chunk; gives those that it completes where they are to be looked into. */
  #wholeMessages(chunk: Buffer): Buffer[] {
    const whole: Buffer[] = [];
    for (let rest = chunk; rest.length > 0;) {
      if (this.#missing === 0) {
        const wanted = HEADER_BYTES - this.#header.length;
        this.#header =
          wanted === HEADER_BYTES ? rest.subarray(0, wanted) : Buffer.concat([this.#header, rest.subarray(0, wanted)]);
        rest = rest.subarray(wanted);
        if (this.#header.length < HEADER_BYTES) break;
        this.#missing = this.#header.readUInt32BE(1) - 4;
        if (this.#missing > LONGEST_MESSAGE_BYTES || this.#missing < 0) {
          this.destroy(
            new Error(`the answer holds a row of ${Math.round(this.#missing / 1024 ** 2)} MB, too long to look at`),
          );
          return [];
        }
        this.#held = [this.#header];
        this.#header = Buffer.alloc(0);
      }
      const part = rest.subarray(0, this.#missing);
      rest = rest.subarray(part.length);
      this.#missing -= part.length;
      if (!this.escapes) continue;
      this.#held.push(part);
      if (this.#missing === 0) whole.push(Buffer.concat(this.#held));
    }
    return whole;
  }
}

/** The same message; a row with values that are not UTF-8 has their odd bytes escaped. */
function escaped(message: Buffer): Buffer {
  if (message[0] !== DATA_ROW || isUtf8(message.subarray(HEADER_BYTES + 2))) return message;
  const fields: Buffer[] = [message.subarray(HEADER_BYTES, HEADER_BYTES + 2)];
  for (let at = HEADER_BYTES + 2; at < message.length;) {
    const length = message.readInt32BE(at);
    const value = message.subarray(at + 4, at + 4 + Math.max(length, 0));
    const shown = isUtf8(value) ? value : Buffer.from(escapedBytes(value));
    fields.push(int32(length === NULL ? NULL : shown.length), shown);
    at += 4 + value.length;
  }
  const body = Buffer.concat(fields);
  return Buffer.concat([message.subarray(0, 1), int32(body.length + 4), body]);
}

/** Bytes as ASCII; others are escaped: `caf\xe9`. */
export function escapedBytes(value: Buffer): string {
  return [...value]
    .map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`))
    .join('');
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}
