import { expect, test } from 'vitest';
import {
  countIn,
  encodeFrame,
  FrameSplitter,
  printable,
  type Frame,
} from '../../../../../src/sandbox/ssh/supervisor/frames.ts';

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

test.each([
  ['words of a login script', Buffer.from('You have new mail\n')],
  ['an unknown type', encodeFrame(99, 1, 'x')],
  ['type 0', encodeFrame(0, 1, 'x')],
  ['a length of 4 GB', Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 1])],
  ['a byte too many', encodeFrame(1, 1, Buffer.alloc(65_537))],
])('%s is a protocol error before more of it has come', (_, bytes) => {
  const splitter = new FrameSplitter(() => undefined);
  splitter.push(encodeFrame(1, 1, 'a good one'));
  expect(() => splitter.push(bytes.subarray(0, 9))).toThrow(expect.objectContaining({ code: 'protocol-error' }));
});

test('odd bytes are quoted so that they harm no terminal', () => {
  expect(printable(Buffer.from('\u001b[2Jboo ä\n'))).toBe('\\x1b[2Jboo \\xc3\\xa4\\x0a');
  expect(printable(Buffer.alloc(100, 'x'), 10)).toBe('xxxxxxxxxx…');
});

test.each(['', '-1', '1.5', '1e3', '0x10', '101', '1 ', '99999999999999999'])('%j is no count up to 100', (text) => {
  expect(() => countIn(Buffer.from(text), 100, 'a count')).toThrow('a count that cannot be');
});

test('a count is read as it is', () => {
  expect(['0', '7', '100'].map((text) => countIn(Buffer.from(text), 100, 'a count'))).toEqual([0, 7, 100]);
});
