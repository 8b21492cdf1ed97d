import { DrillError } from '../../../core/errors.ts';
import { FROM_SUPERVISOR_FRAMES, HEADER_BYTES, LIMITS } from './protocol.ts';

export interface Frame {
  readonly type: number;
  /** The program that it is about; 0: none. */
  readonly channel: number;
  readonly payload: Buffer;
}

const KNOWN_TYPES = new Set<number>(Object.values(FROM_SUPERVISOR_FRAMES).map(({ number }) => number));

const QUOTED_BYTES = 60;

export function encodeFrame(type: number, channel: number, payload: Buffer | string = ''): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload, 'utf8') : payload;
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(body.length, 0);
  header.writeUInt8(type, 4);
  header.writeUInt32BE(channel, 5);
  return Buffer.concat([header, body]);
}

/** Cuts a stream of bytes from a supervisor into frames. What is none makes `push` throw `protocol-error`. */
export class FrameSplitter {
  #rest: Buffer = Buffer.alloc(0);
  readonly #onFrame: (frame: Frame) => void;

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  push(piece: Buffer): void {
    this.#rest = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    let at = 0;
    while (this.#rest.length - at >= HEADER_BYTES) {
      const length = this.#rest.readUInt32BE(at);
      const type = this.#rest.readUInt8(at + 4);
      // Before the rest of it has come: what is no frame may promise 4 GB.
      if (!KNOWN_TYPES.has(type) || length > LIMITS.payloadFromSupervisorBytes.value) {
        throw protocolError('sent what is no frame of the supervisor', this.#rest.subarray(at));
      }
      const end = at + HEADER_BYTES + length;
      if (end > this.#rest.length) break;
      this.#onFrame({
        type,
        channel: this.#rest.readUInt32BE(at + 5),
        payload: this.#rest.subarray(at + HEADER_BYTES, end),
      });
      at = end;
    }
    this.#rest = this.#rest.subarray(at);
  }
}

/** The other side does not speak as a supervisor does: what it did, and the first odd bytes. */
export function protocolError(what: string, odd: Buffer): DrillError {
  return new DrillError('protocol-error', `the server ${what}: "${printable(odd)}"`, {
    hint: 'a login script of the server that starts something which prints later? Look for the words that are quoted in ~/.bashrc, ~/.profile and /etc/profile.d',
  });
}

/** The first bytes of something that anybody may have written, fit for a terminal. */
export function printable(bytes: Buffer, most = QUOTED_BYTES): string {
  const shown = [...bytes.subarray(0, most)].map((byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  );
  return `${shown.join('')}${bytes.length > most ? '…' : ''}`;
}

/** A number that the other side has sent, at most `most`. Throws `protocol-error` for anything else. */
export function countIn(payload: Buffer, most: number, what: string): number {
  const text = payload.toString('latin1', 0, 20);
  const count = Number(text);
  if (/^\d{1,16}$/.test(text) && payload.length <= 16 && count <= most) return count;
  throw protocolError(`sent ${what} that cannot be`, payload);
}
