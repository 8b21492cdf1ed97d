import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DrillError } from '../../src/core/errors.ts';
import { countIn, encodeFrame, FrameSplitter, printable, type Frame } from '../../src/sandbox/ssh/supervisor/frames.ts';
import { FROM_SUPERVISOR_FRAMES, HEADER_BYTES, LIMITS } from '../../src/sandbox/ssh/supervisor/protocol.ts';
import { cuts, expectHolds, piecesOf } from '../fixtures/properties.ts';

const TYPES = Object.values(FROM_SUPERVISOR_FRAMES).map(({ number }) => number);

const frame = fc.record({
  type: fc.constantFrom(...TYPES),
  channel: fc.nat(2 ** 32 - 1),
  payload: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
});
const frames = fc.array(frame, { maxLength: 8 });

function seenIn(pieces: readonly Uint8Array[]): { seen: Frame[]; error: unknown } {
  const seen: Frame[] = [];
  const splitter = new FrameSplitter((one) => seen.push({ ...one, payload: Buffer.from(one.payload) }));
  try {
    for (const piece of pieces) splitter.push(Buffer.from(piece));
  } catch (error) {
    return { seen, error };
  }
  return { seen, error: null };
}

test('frames come out as they went in, however the stream is cut; the last piece of one is waited for', () => {
  expectHolds(
    fc.property(frames, cuts, fc.nat(HEADER_BYTES + 39), (all, at, missing) => {
      const stream = Buffer.concat(all.map(({ type, channel, payload }) => encodeFrame(type, channel, payload)));
      expect(seenIn(piecesOf(new Uint8Array(stream), at))).toEqual({ seen: all, error: null });
      const last = encodeFrame(1, 7, Buffer.alloc(40)).subarray(0, HEADER_BYTES + 39 - missing);
      expect(seenIn(piecesOf(new Uint8Array(Buffer.concat([stream, last])), at))).toEqual({ seen: all, error: null });
    }),
  );
});

test('bytes of whatever kind are frames or a protocol error, and what came before is not lost', () => {
  expectHolds(
    fc.property(frames, fc.uint8Array({ maxLength: 80 }), cuts, (all, odd, at) => {
      const good = Buffer.concat(all.map(({ type, channel, payload }) => encodeFrame(type, channel, payload)));
      const whole = seenIn([new Uint8Array(Buffer.concat([good, odd]))]);
      const { seen, error } = seenIn(piecesOf(new Uint8Array(Buffer.concat([good, odd])), at));
      expect(seen).toEqual(whole.seen);
      expect(seen.slice(0, all.length)).toEqual(all);
      expect(error === null).toBe(whole.error === null);
      if (error === null) return;
      expect(error).toBeInstanceOf(DrillError);
      expect((error as DrillError).code).toBe('protocol-error');
      // oxlint-disable-next-line no-control-regex -- none of them may reach a terminal
      expect((error as DrillError).message).not.toMatch(/[\u0000-\u001f\u007f-\uffff]/);
    }),
  );
});

test('a frame is refused by its header alone where it promises too much or is of no kind', () => {
  expectHolds(
    fc.property(fc.nat(255), fc.nat(2 ** 32 - 1), (type, length) => {
      const header = Buffer.alloc(HEADER_BYTES);
      header.writeUInt32BE(length, 0);
      header.writeUInt8(type, 4);
      const refused =
        !TYPES.includes(type as (typeof TYPES)[number]) || length > LIMITS.payloadFromSupervisorBytes.value;
      expect(seenIn([header]).error !== null).toBe(refused);
    }),
  );
});

test('a count is what its digits say, up to the most, and anything else is a protocol error', () => {
  const text = fc.oneof(
    fc.nat(10_000).map(String),
    fc.string({ unit: fc.constantFrom(...'0123456789 -+.ex\n'.split('')), maxLength: 20 }),
  );
  expectHolds(
    fc.property(text, fc.nat(10_000), (given, most) => {
      const count = /^\d{1,16}$/.test(given) && !given.includes('\n') ? Number(given) : null;
      const read = (): number => countIn(Buffer.from(given), most, 'a count');
      if (count !== null && count <= most) expect(read()).toBe(count);
      else expect(read).toThrow('a count that cannot be');
    }),
  );
});

test('what is quoted harms no terminal, and is short', () => {
  expectHolds(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(100), (bytes, most) => {
      expect(printable(Buffer.from(bytes), most)).toMatch(/^[\x20-\x7e]*…?$/);
      expect(printable(Buffer.from(bytes), most).length).toBeLessThanOrEqual(4 * most + 1);
    }),
  );
});
