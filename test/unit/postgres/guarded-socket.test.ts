import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { GuardedSocket } from '../../../src/postgres/guarded-socket.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';

function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

function row(...values: (Buffer | null)[]): Buffer {
  const count = Buffer.alloc(2);
  count.writeInt16BE(values.length);
  const fields = values.flatMap((value) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(value === null ? -1 : value.length);
    return value === null ? [length] : [length, value];
  });
  return message('D', Buffer.concat([count, ...fields]));
}

const COMPLETE = message('Z', Buffer.from('I'));
const PARSED = message('1', Buffer.alloc(0));

/** What comes out of a socket that gets these bytes, some at a time. */
function passed(bytes: Buffer, size: number, escapes: boolean): { out: Buffer; error: Error | null } {
  const socket = new GuardedSocket();
  socket.escapes = escapes;
  let error: Error | null = null;
  socket.on('error', (thrown) => (error = thrown));
  for (let at = 0; at < bytes.length; at += size) socket.push(bytes.subarray(at, at + size));
  const out = (socket.read() as Buffer | null) ?? Buffer.alloc(0);
  const destroyed = socket.errored;
  socket.destroy();
  return { out, error: error ?? destroyed };
}

test.each([1, 2, 3, 5, 7, 1000])('what is plain passes as it is, %i bytes at a time', (size) => {
  const bytes = Buffer.concat([PARSED, row(Buffer.from('café'), null, Buffer.from('')), COMPLETE]);
  for (const escapes of [false, true]) expect(passed(bytes, size, escapes).out).toEqual(bytes);
});

test.each([1, 4, 9, 1000])('odd bytes are escaped, %i bytes at a time', (size) => {
  const odd = row(Buffer.from([0x63, 0x61, 0x66, 0xe9]), null, Buffer.from('é'));
  const shown = row(Buffer.from(String.raw`caf\xe9`), null, Buffer.from('é'));
  const bytes = Buffer.concat([PARSED, odd, COMPLETE]);
  expect(passed(bytes, size, true).out).toEqual(Buffer.concat([PARSED, shown, COMPLETE]));
});

test('a message that is too long is refused by its header', () => {
  const header = Buffer.from([0x44, 0x23, 0xc3, 0x46, 0x00]);
  expect(passed(header, 5, false).error?.message).toMatch(/a row of 572 MB/);
});

test('a link to a socket is not followed', async () => {
  const place = temporaryDirectory();
  const server = createServer((socket) => socket.resume());
  onTestFinished(() => void server.close());
  server.listen(join(place, 'socket'));
  await once(server, 'listening');
  symlinkSync(join(place, 'socket'), join(place, 'link'));
  const socket = new GuardedSocket();
  expect(() => socket.connect(join(place, 'link'))).toThrow('link is no socket any more');
  expect(() => socket.connect(join(place, 'absent'))).toThrow('ENOENT');
  socket.connect(join(place, 'socket'));
  await once(socket, 'connect');
  socket.destroy();
});
