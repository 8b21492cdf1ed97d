import { expect, test } from 'vitest';
import { encodeFrame, FrameSplitter, type Frame } from '../../../../src/sandbox/ssh/frames.ts';

const FRAMES = [
  { type: 1, channel: 1, payload: 'first' },
  { type: 2, channel: 4_294_967_295, payload: '' },
  { type: 3, channel: 0, payload: 'ä€\u0000\n'.repeat(50) },
];

test.each([1, 2, 8, 9, 10, 13, 100, 10_000])(
  'a stream that comes in pieces of %i bytes has the frames that went in',
  (size) => {
    const stream = Buffer.concat(FRAMES.map(({ type, channel, payload }) => encodeFrame(type, channel, payload)));
    const seen: Frame[] = [];
    const splitter = new FrameSplitter((frame) => seen.push({ ...frame, payload: Buffer.from(frame.payload) }));
    for (let at = 0; at < stream.length; at += size) splitter.push(stream.subarray(at, at + size));
    expect(seen.map((frame) => ({ ...frame, payload: frame.payload.toString('utf8') }))).toEqual(FRAMES);
  },
);
