import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { LocalHost } from '../../../src/host/local-host.ts';
import { currentUser } from '../../../src/host/run-user.ts';
import { gateText, WalGate } from '../../../src/pgbackrest/wal-gate.ts';
import { segment } from '../../fixtures/facts.ts';
import { Feed } from '../../fixtures/feed.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';

const MB = 1024 * 1024;
const [A, B, C] = [segment(10), segment(11), segment(12)];
/** The bytes of a segment, and what is left of it before a gate. */
const [WHOLE, ZEROES] = ['0123456789abcdef', '\0'.repeat(16)];
const sha1 = (content: string): string => createHash('sha1').update(content).digest('hex');
const cutAt = (offset: number): string => `${WHOLE.slice(0, offset)}${ZEROES.slice(offset)}`;

function feed(): Feed {
  const made = new Feed([A, B, C].map((name) => [name, sha1(WHOLE)]));
  for (const name of [A, B, C]) made.archive(name, WHOLE);
  return made;
}

describe('a gate in the feed', () => {
  test('what is before it is served, the segment of it cut, and nothing behind', async () => {
    const gated = feed().gateAt('0 11 5 16');
    expect(await gated.get(A)).toEqual({ exitCode: 0, delivered: WHOLE });
    expect(gated.met()).toBeNull();
    expect(await gated.get(B)).toEqual({ exitCode: 0, delivered: cutAt(5) });
    expect(await gated.get(C)).toEqual({ exitCode: 1, delivered: null });
    expect(gated.met()).toBe('0 11 5 16');
  });

  test('what is cut was hashed as a whole, and is no other delivery', async () => {
    const gated = feed().gateAt('0 10 5 16');
    await gated.get(A);
    expect((await gated.settled()).delivered).toEqual(new Map([[A, [sha1(WHOLE)]]]));
    await gated.gateAt('0 10 9 16').get(A);
    expect((await gated.settled()).delivered).toEqual(new Map([[A, [sha1(WHOLE)]]]));
    expect(gated.lines().filter((line) => line.startsWith('gate '))).toEqual([`gate ${A} 5`, `gate ${A} 9`]);
  });

  test('a segment is cut once for each place of the gate; then it is asked for in vain, which tells that it was read', async () => {
    const gated = feed().gateAt('0 10 5 16');
    expect(await gated.get(A)).toMatchObject({ exitCode: 0 });
    expect(gated.met()).toBeNull();
    expect(await gated.get(A)).toEqual({ exitCode: 1, delivered: null });
    expect(gated.met()).toBe('0 10 5 16');
    expect(gated.journal().notFound).toEqual(new Set());
    expect(await gated.gateAt('0 10 12 16').get(A)).toEqual({ exitCode: 0, delivered: cutAt(12) });
    expect(await gated.get(A)).toMatchObject({ exitCode: 1 });
    expect(await gated.gateAt('0 11 4 16').get(A)).toEqual({ exitCode: 0, delivered: WHOLE });
    expect(await gated.get(B)).toEqual({ exitCode: 0, delivered: cutAt(4) });
  });

  test('a gate before the first record of a segment lets nothing of it through', async () => {
    const gated = feed().gateAt('0 11 0 16');
    expect(await gated.get(A)).toMatchObject({ exitCode: 0 });
    expect(await gated.get(B)).toEqual({ exitCode: 1, delivered: null });
    expect(gated.met()).toBe('0 11 0 16');
  });

  test('the same segment of another timeline is cut at the same place', async () => {
    const other = segment(10, 2);
    const gated = new Feed([[other, sha1(WHOLE)]]).archive(other, WHOLE).gateAt('0 10 3 16');
    expect(await gated.get(A)).toMatchObject({ exitCode: 1 });
    expect(await gated.get(other)).toEqual({ exitCode: 0, delivered: cutAt(3) });
  });

  test('places are compared as numbers, over the border of a log file', async () => {
    const next = '000000010000000100000000';
    const gated = new Feed([[next, sha1(WHOLE)]]).archive(next, WHOLE).archive(A, WHOLE).gateAt('0 255 8 16');
    expect(await gated.get(next)).toMatchObject({ exitCode: 1 });
    expect(await gated.gateAt('1 0 8 16').get(next)).toEqual({ exitCode: 0, delivered: cutAt(8) });
    expect(await gated.get(A)).toMatchObject({ exitCode: 0 });
  });

  test('a segment that was altered is refused before any of it is served', async () => {
    const gated = feed().archive(A, 'x123456789abcdef').gateAt('0 10 5 16');
    expect(await gated.get(A)).toEqual({ exitCode: 254, delivered: null });
    expect(gated.journal().refused).toMatchObject({ file: A, code: 'wal-checksum-mismatch' });
    expect(await gated.get(C)).toEqual({ exitCode: 254, delivered: null });
  });

  test('a segment before the gate that is found to be altered ends what waits there', async () => {
    const gated = feed().archive(A, 'x123456789abcdef').gateAt('0 11 0 16');
    await gated.get(A);
    await gated.settled();
    expect(await gated.get(B)).toEqual({ exitCode: 254, delivered: null });
  });

  test('history files are no WAL: no gate is before them', async () => {
    const gated = feed().listsHistory('00000002.history').archive('00000002.history', 'x').gateAt('0 1 0 16');
    expect(await gated.get('00000002.history')).toEqual({ exitCode: 0, delivered: 'x' });
  });
});

describe('the place of a gate', () => {
  test.each([
    [0x0b26532e0n, 16 * MB, '0 178 6632160 16777216'],
    [0x1_0000_0000n + 0x28n, 16 * MB, '1 0 0 16777216'],
    [0x0500_0000n, 16 * MB, '0 5 0 16777216'],
    [0x0500_2018n, 16 * MB, '0 5 8216 16777216'],
    [0x0010_0028n, MB, '0 1 0 1048576'],
    [0x0010_0030n, MB, '0 1 48 1048576'],
  ])('%i in segments of %i bytes', (lsn, bytes, text) => {
    expect(gateText(lsn, bytes)).toBe(text);
  });

  test('is replaced as a whole, and it is known whether more was asked for there', async () => {
    const place = temporaryDirectory();
    const host = new LocalHost({ user: currentUser(), fence: null, env: {} });
    await host.makeDirectory(`${place}/wal`);
    const gate = new WalGate(host, { feed: place }, 16 * MB);
    await gate.moveTo(0x0500_2018n);
    expect(await host.readFile(`${place}/wal/gate`)).toBe('0 5 8216 16777216\n');
    expect(await gate.wasMet(0x0500_2018n)).toBe(false);
    await host.writeFile(`${place}/wal/met`, '0 5 8216 16777216\n', 0o600);
    expect(await gate.wasMet(0x0500_2018n)).toBe(true);
    await gate.moveTo(0x0600_0030n);
    expect(await gate.wasMet(0x0600_0030n)).toBe(false);
    expect(await host.list(`${place}/wal`)).toEqual(expect.arrayContaining(['gate', 'met']));
    expect(await host.list(`${place}/wal`)).not.toContain('gate.next');
  });
});
