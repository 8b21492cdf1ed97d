import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ArchiveListing } from '../../../src/pgbackrest/archive.ts';
import { listingOf } from '../../fixtures/archive-listing.ts';
import { firstUnproven } from '../../fixtures/unproven.ts';
import { Feed } from '../../fixtures/feed.ts';

const A = '00000001000000000000000A';
const B = '00000001000000000000000B';
const C = '00000001000000000000000C';
const HISTORY = '00000002.history';

const sha1 = (content: string): string => createHash('sha1').update(content).digest('hex');

/** What the archive holds when it is listed again after the run. */
function listing(...segments: (readonly [name: string, sha1: string])[]): ArchiveListing {
  return listingOf(segments.map(([name, sum]) => ({ name, sha1: sum })));
}

function altered(): Feed {
  return new Feed([
    [A, sha1('aaa')],
    [B, sha1('bbb')],
  ])
    .archive(A, 'aXa')
    .archive(B, 'bbb');
}

test('what the archive holds is delivered, and its SHA-1 noted', async () => {
  const feed = new Feed([
    [A, sha1('aaa')],
    [B, sha1('bbb')],
  ])
    .archive(A, 'aaa')
    .archive(B, 'bbb');
  expect(await feed.get(A)).toEqual({ exitCode: 0, delivered: 'aaa' });
  expect(await feed.get(B)).toEqual({ exitCode: 0, delivered: 'bbb' });
  const journal = await feed.settled();
  expect(journal.delivered).toEqual(
    new Map([
      [A, [sha1('aaa')]],
      [B, [sha1('bbb')]],
    ]),
  );
  expect(firstUnproven(journal, listing([A, sha1('aaa')], [B, sha1('bbb')]))).toBeNull();
  expect(feed.has('refused')).toBe(false);
});

describe('an altered segment', () => {
  test('stops the recovery at the next call, which delivers nothing', async () => {
    const feed = altered();
    expect((await feed.get(A)).exitCode).toBe(0);
    expect(await feed.get(B)).toEqual({ exitCode: 254, delivered: null });
    expect(feed.has('refused')).toBe(true);
    expect(feed.journal().refused).toMatchObject({ file: A, code: 'wal-checksum-mismatch' });
    expect(feed.journal().refused?.text).toContain(sha1('aXa'));
  });

  test('stops the recovery even when the archive has no next segment', async () => {
    const feed = altered();
    await feed.get(A);
    expect(await feed.get(C)).toEqual({ exitCode: 254, delivered: null });
  });

  test('stops the recovery even when a history file is asked for next', async () => {
    const feed = altered().listsHistory(HISTORY).archive(HISTORY, '1\t0/A000000\tno recovery target specified\n');
    await feed.get(A);
    expect(await feed.get(HISTORY)).toEqual({ exitCode: 254, delivered: null });
  });

  test('is refused for good: no later call delivers anything', async () => {
    const feed = altered();
    await feed.get(A);
    await feed.get(B);
    feed.archive(A, 'aaa');
    expect(await feed.get(A)).toEqual({ exitCode: 254, delivered: null });
  });

  test('is in the journal when nothing is asked for after it', async () => {
    const feed = altered();
    await feed.get(A);
    expect(firstUnproven(await feed.settled(), listing([A, sha1('aaa')]))).toEqual({ name: A, altered: true });
  });

  test('is not forgotten when a second delivery is good', async () => {
    const feed = altered();
    await feed.get(A);
    await feed.settled();
    rmSync(join(feed.directory, 'refused'));
    feed.archive(A, 'aaa');
    await feed.get(A);
    expect(firstUnproven(await feed.settled(), listing([A, sha1('aaa')]))).toEqual({ name: A, altered: true });
  });
});

test('a segment that was archived twice may be either of the two', async () => {
  const feed = new Feed([
    [A, sha1('one')],
    [A, sha1('two')],
  ])
    .archive(A, 'two')
    .archive(B, 'bbb');
  expect((await feed.get(A)).exitCode).toBe(0);
  expect((await feed.get(B)).exitCode).toBe(0);
});

test('a segment archived since the run began is delivered, and judged by the next listing', async () => {
  const feed = new Feed([]).archive(A, 'aaa');
  expect((await feed.get(A)).exitCode).toBe(0);
  const journal = await feed.settled();
  expect(firstUnproven(journal, listing([A, sha1('aaa')]))).toBeNull();
  expect(firstUnproven(journal, listing())).toEqual({ name: A, altered: false });
  expect(firstUnproven(journal, listing([A, sha1('other')]))).toEqual({ name: A, altered: true });
});

test('what the archive never held is its end', async () => {
  const feed = new Feed([[A, sha1('aaa')]]).archive(A, 'aaa');
  await feed.get(A);
  expect(await feed.get(B)).toEqual({ exitCode: 1, delivered: null });
  expect((await feed.settled()).notFound).toEqual(new Set([B]));
  expect(feed.journal().refused).toBeNull();
});

test('what the archive held and no longer holds stops the recovery', async () => {
  const feed = new Feed([[A, sha1('aaa')]]);
  expect(await feed.get(A)).toEqual({ exitCode: 254, delivered: null });
  expect(feed.journal().refused).toMatchObject({ file: A, code: 'wal-missing' });
});

test('a name that only begins like one in the archive is another one', async () => {
  const feed = new Feed([[`${A}F`, sha1('aaa')]]);
  expect((await feed.get(A)).exitCode).toBe(1);
});

test.each([
  ...[2, 26, 41, 42, 55, 95, 134, 139, 141].map((status) => ({ status, code: 'wal-unreadable' })),
  ...[129, 137, 143, 192].map((status) => ({ status, code: 'process-killed' })),
  ...[63, 94, 100, 102, 126, 127, 254, 255].map((status) => ({ status, code: 'sandbox-failed' })),
  ...[49, 101, 103, 125].map((status) => ({ status, code: 'repo-unreadable' })),
])('a fetch that ends with $status stops the recovery: $code', async ({ status, code }) => {
  const feed = new Feed([]).breaks(A, status);
  expect(await feed.get(A)).toEqual({ exitCode: 254, delivered: null });
  expect(feed.journal().refused).toMatchObject({ file: A, code });
  expect(feed.journal().delivered.size).toBe(0);
});

test('a fetch that cannot be started stops the recovery, and is no fault of the archive', async () => {
  const feed = new Feed([]);
  expect((await feed.get(A, { fetch: ['/no/such/program'] })).exitCode).toBe(254);
  expect(feed.journal().refused?.code).toBe('sandbox-failed');
});

test('a fetch that something kills stops the recovery, and is no fault of the archive', async () => {
  const feed = new Feed([]);
  expect((await feed.get(A, { fetch: ['sh', '-c', 'kill -KILL $$'] })).exitCode).toBe(254);
  expect(feed.journal().refused?.code).toBe('process-killed');
});

test.each([
  ["ERROR: [041]: unable to open file '/repo/x' for read: [24] Too many open files", 41, 'sandbox-failed'],
  ['sh: 0: Cannot fork', 2, 'sandbox-failed'],
  ['ERROR: [050]: unable to fork process: [11] Resource temporarily unavailable', 50, 'sandbox-failed'],
  ["ERROR: [064]: unable to write '/scratch/x': [28] No space left on device", 64, 'disk-full'],
  ["ERROR: [041]: unable to open file '/repo/x' for read: [13] Permission denied", 41, 'repo-permission-denied'],
  ["ERROR: [041]: unable to open file '/repo/x' for read: [5] Input/output error", 41, 'wal-unreadable'],
])('what the command says decides: %s', async (words, status, code) => {
  const feed = new Feed([]);
  await feed.get(A, { fetch: ['sh', '-c', 'echo "$0"; exit $1', words, String(status)] });
  expect(feed.journal().refused).toMatchObject({ file: A, code });
  expect(feed.journal().refused?.text).toContain(words);
});

test('each part of a long list is looked into for its own files', async () => {
  const feed = new Feed([
    [A, sha1('aaa')],
    ['00000001000000010000000A', sha1('bbb')],
  ]).archive(A, 'aaa');
  expect((await feed.get(A)).exitCode).toBe(0);
  expect((await feed.get('00000001000000020000000A')).exitCode).toBe(1);
  expect((await feed.get('00000001000000010000000A')).exitCode).toBe(254);
  expect(feed.journal().refused?.code).toBe('wal-missing');
});

test('a fetch that leaves half a file behind and fails leaves none', async () => {
  const feed = new Feed([[A, sha1('aaa')]]);
  const half = ['sh', '-c', 'printf half >"$0"; exit 42', join(feed.root, 'RECOVERYXLOG')];
  expect(await feed.get(A, { fetch: half })).toEqual({ exitCode: 254, delivered: null });
});

test('a fetch that says it delivered, and did not, stops the recovery', async () => {
  const feed = new Feed([]);
  expect(await feed.get(A, { fetch: ['true'] })).toEqual({ exitCode: 254, delivered: null });
  expect(feed.journal().refused?.code).toBe('wal-unreadable');
  expect(feed.has('checking')).toBe(false);
});

test('history files are delivered, but neither hashed nor counted', async () => {
  const feed = new Feed([[HISTORY, 'history']]).archive(HISTORY, '1\t0/A000000\tx\n');
  expect(await feed.get(HISTORY)).toEqual({ exitCode: 0, delivered: '1\t0/A000000\tx\n' });
  expect((await feed.get('00000003.history')).exitCode).toBe(1);
  expect(feed.journal().delivered.size).toBe(0);
  expect(firstUnproven(feed.journal(), listing())).toBeNull();
});

test('the next file waits for a checksum that takes long', async () => {
  const feed = new Feed([[A, sha1('aaa')]]).archive(A, 'aXa').archive(B, 'bbb');
  const bin = join(feed.root, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'sha1sum'), '#!/bin/sh\nsleep 0.3\nexec /usr/bin/sha1sum\n', { mode: 0o755 });
  const path = `${bin}:${process.env['PATH'] ?? ''}`;
  expect((await feed.get(A, { path })).exitCode).toBe(0);
  expect(feed.has('checking')).toBe(true);
  expect(await feed.get(B, { path })).toEqual({ exitCode: 254, delivered: null });
});

test('a checksum that never ends, since its process was killed, stops the recovery instead of holding it up', async () => {
  const feed = new Feed([]).archive(B, 'bbb');
  writeFileSync(join(feed.directory, 'checking'), '');
  const bin = join(feed.root, 'bin');
  mkdirSync(bin);
  symlinkSync('/bin/true', join(bin, 'sleep'));
  expect(await feed.get(B, { path: `${bin}:${process.env['PATH'] ?? ''}` })).toEqual({
    exitCode: 254,
    delivered: null,
  });
  expect(feed.journal().refused?.code).toBe('wal-unverified');
}, 60_000);

test('a checksum that cannot be computed stops the recovery, and proves nothing', async () => {
  const feed = new Feed([[A, sha1('aaa')]]).archive(A, 'aaa').archive(B, 'bbb');
  const bin = join(feed.root, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'sha1sum'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  const path = `${bin}:${process.env['PATH'] ?? ''}`;
  expect((await feed.get(A, { path })).exitCode).toBe(0);
  expect((await feed.get(B, { path })).exitCode).toBe(254);
  expect(firstUnproven(feed.journal(), listing([A, sha1('aaa')], [B, sha1('bbb')]))).toEqual({
    name: A,
    altered: false,
  });
});

test('a delivery that cannot be noted is none', async () => {
  const feed = new Feed([[A, sha1('aaa')]]).archive(A, 'aaa');
  rmSync(join(feed.directory, 'journal'));
  mkdirSync(join(feed.directory, 'journal'));
  expect(await feed.get(A)).toEqual({ exitCode: 254, delivered: null });
});

test('when the list of the archive is gone, a missing file does not pass for the end of the archive', async () => {
  const feed = new Feed([]);
  rmSync(join(feed.directory, 'listed'), { recursive: true });
  expect((await feed.get(A)).exitCode).toBe(254);
});

test('when nothing can be written at all, nothing passes for the end of the archive', async () => {
  const feed = new Feed([[A, sha1('aaa')]]).archive(A, 'aaa');
  rmSync(feed.directory, { recursive: true });
  expect((await feed.get(A)).exitCode).toBe(254);
  expect((await feed.get(B)).exitCode).toBe(254);
});

test.each(['with space', "quo'te", '"double"', '$HOME', 'per%cent %f', 'back\\slash', 'a;b', '*'])(
  'a directory and a destination named %j are no matter',
  async (name) => {
    const feed = new Feed(
      [
        [A, sha1('aaa')],
        [B, sha1('bbb')],
      ],
      name,
    )
      .archive(A, 'aaa')
      .archive(B, 'bXb');
    const destination = join(feed.root, `to ${name}`);
    expect(await feed.get(A, { destination })).toEqual({ exitCode: 0, delivered: 'aaa' });
    expect((await feed.get(B, { destination })).exitCode).toBe(0);
    expect(await feed.get(C, { destination })).toEqual({ exitCode: 254, delivered: null });
  },
);

test('a timeline that was begun during the run is not followed', async () => {
  const feed = new Feed([]).archive(HISTORY, '1\t0/A000000\tx\n');
  expect(await feed.get(HISTORY)).toEqual({ exitCode: 1, delivered: null });
  expect(feed.journal().notFound).toEqual(new Set([HISTORY]));
});

test('a history that was in the archive when the run began, and is gone, stops the recovery', async () => {
  const feed = new Feed([[HISTORY, 'history']]);
  expect((await feed.get(HISTORY)).exitCode).toBe(254);
});

describe('to the end of the archive as it was listed', () => {
  test('a segment archived since the run began is not delivered', async () => {
    const feed = new Feed([[A, sha1('aaa')]]).with('as-listed').archive(A, 'aaa').archive(B, 'bbb');
    expect((await feed.get(A)).exitCode).toBe(0);
    expect(await feed.get(B)).toEqual({ exitCode: 1, delivered: null });
    expect((await feed.settled()).notFound).toEqual(new Set([B]));
  });

  test('a list that cannot be read is no end of the archive', async () => {
    const feed = new Feed([]).with('as-listed');
    rmSync(join(feed.directory, 'listed'), { recursive: true });
    expect((await feed.get(A)).exitCode).toBe(254);
  });
});

describe('on the way to a target at which PostgreSQL stops', () => {
  test('a refusal only ends the replay, for good, and is in the journal', async () => {
    const feed = altered().with('has-stop');
    expect((await feed.get(A)).exitCode).toBe(0);
    expect(await feed.get(B)).toEqual({ exitCode: 1, delivered: null });
    expect(await feed.get(A)).toEqual({ exitCode: 1, delivered: null });
    expect(feed.journal().refused).toMatchObject({ file: A, code: 'wal-checksum-mismatch' });
  });

  test.each([42, 103, 137])('so does a fetch that ends with %i', async (status) => {
    const feed = new Feed([]).with('has-stop').breaks(A, status);
    expect(await feed.get(A)).toEqual({ exitCode: 1, delivered: null });
    expect(feed.journal().refused?.file).toBe(A);
  });

  test('a history is delivered after a refusal, and one that cannot be had stops the recovery', async () => {
    const feed = altered().with('has-stop').listsHistory(HISTORY).listsHistory('00000003.history');
    feed.archive(HISTORY, 'x').breaks('00000003.history', 103);
    await feed.get(A);
    await feed.get(B);
    expect((await feed.get(HISTORY)).exitCode).toBe(0);
    expect((await feed.get('00000003.history')).exitCode).toBe(254);
  });

  test('a refusal that cannot be noted stops the recovery', async () => {
    const feed = new Feed([]).with('has-stop').breaks(A, 42);
    rmSync(join(feed.directory, 'journal'));
    mkdirSync(join(feed.directory, 'journal'));
    expect((await feed.get(A)).exitCode).toBe(254);
  });
});
