import { expect, test } from 'vitest';
import { aheadBesideConfigured, aheadBytes, aheadOptions, aheadVariables } from '../../../src/pgbackrest/wal-ahead.ts';

const MB = 1024 ** 2;

const processes = (configured: string): string | undefined =>
  new Map(aheadOptions(new Map([['process-max', [configured]]]))).get('process-max');

test('more processes that are configured stay, and fewer do not', () => {
  expect(processes('9')).toBe('9');
  expect(processes('1')).toBe('4');
});

test('each option stands beside what a recovery by the configuration would have, the default of pgBackRest included', () => {
  const beside = aheadBesideConfigured(new Map([['archive-get-queue-max', ['1GiB']]]));
  expect(beside).toContainEqual({ name: 'archive-async', configured: 'n', ahead: 'y' });
  expect(beside).toContainEqual({ name: 'archive-get-queue-max', configured: '1GiB', ahead: '536870912' });
  expect(beside).toContainEqual({ name: 'process-max', configured: '1', ahead: '4' });
});

test.each([
  ['a way that is shorter than the queue', 3, 16 * MB, 48 * MB],
  ['a full queue', 1000, 16 * MB, 512 * MB],
  ['two segments at least', 1000, 1024 * MB, 2048 * MB],
  ['nothing to fetch', 0, 16 * MB, 0],
])('the room: %s', (_, segments, segmentBytes, bytes) => {
  expect(aheadBytes(segments, segmentBytes)).toBe(bytes);
});

test('variables name a queue and a lock of their own', () => {
  expect(aheadVariables('$here')).toEqual(
    expect.arrayContaining([
      'export PGBACKREST_ARCHIVE_ASYNC="y"',
      'export PGBACKREST_SPOOL_PATH="$here/spool"',
      'export PGBACKREST_LOCK_PATH="$here/lock"',
    ]),
  );
});
