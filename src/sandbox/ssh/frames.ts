/** What pgdrill says to its supervisor on the server; the numbers are those of agent.pl. */
export const TO_AGENT = { exec: 1, input: 2, endOfInput: 3, ping: 4, finish: 5, detach: 6 } as const;

/** What the supervisor says. */
export const FROM_AGENT = { output: 1, errors: 2, exit: 3, pong: 4, finished: 5 } as const;

export interface Frame {
  readonly type: number;
  /** The program that it is about; 0: none. */
  readonly channel: number;
  readonly payload: Buffer;
}

const HEADER_BYTES = 9;

export function encodeFrame(type: number, channel: number, payload: Buffer | string = ''): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload, 'utf8') : payload;
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(body.length, 0);
  header.writeUInt8(type, 4);
  header.writeUInt32BE(channel, 5);
  return Buffer.concat([header, body]);
}

/** Cuts a stream of bytes into frames. */
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
      const end = at + HEADER_BYTES + this.#rest.readUInt32BE(at);
      if (end > this.#rest.length) break;
      this.#onFrame({
        type: this.#rest.readUInt8(at + 4),
        channel: this.#rest.readUInt32BE(at + 5),
        payload: this.#rest.subarray(at + HEADER_BYTES, end),
      });
      at = end;
    }
    this.#rest = this.#rest.subarray(at);
  }
}
