import { expect, test } from 'vitest';
import { tuneText } from '../../../src/cli/tune/result-text.ts';
import { plain } from '../../../src/cli/view/style.ts';
import type { Tried, TuneDocument } from '../../../src/tune/document.ts';

function tried(id: string, minutes: number | null, changes: Partial<Tried> = {}): Tried {
  const rtoMs = minutes === null ? null : minutes * 60_000;
  const ratio = rtoMs === null ? null : rtoMs / (41 * 60_000);
  return {
    id,
    lines: [],
    drills: 3,
    rtoMs,
    restoreMs: rtoMs,
    recoverMs: 0,
    walBytes: 4096,
    ratio,
    why: null,
    ...changes,
  };
}

const FAST = tried('process-max=4 + shared_buffers=16GB', 23, {
  lines: [
    { file: 'pgbackrest.conf', section: 'global:restore', line: 'process-max=4' },
    { file: 'postgresql.conf', section: null, line: 'shared_buffers = 16GB' },
  ],
});

function found(changes: Partial<TuneDocument>): TuneDocument {
  return {
    schemaVersion: 1,
    id: '20261130T030000Z-0001',
    drill: 'orders',
    startedAt: '2026-11-30T03:00:00.000Z',
    finishedAt: '2026-11-30T05:00:00.000Z',
    pgdrill: '1.0.0',
    sandbox: 'local',
    host: 'vm',
    backup: '20261129-030000F',
    tried: [tried('as configured', 41), FAST],
    spread: 0.04,
    best: FAST.id,
    ended: null,
    left: [],
    ...changes,
  };
}

const textOf = (changes: Partial<TuneDocument>): string => tuneText(found(changes), plain, 100);

test('the answer first, then the lines of each file as they can be taken', () => {
  expect(textOf({})).toMatchInlineSnapshot(`
    "RTO of orders: 41m 00s now; 23m 00s with process-max=4 + shared_buffers=16GB.

    RTO      RESTORE  RECOVER  WAL                  TRIED
    41m 00s  41m 00s  0 s      4.0 kB               as configured
    23m 00s  23m 00s  0 s      4.0 kB  44 % faster  process-max=4 + shared_buffers=16GB

    # pgbackrest.conf, where the restore runs
    [global:restore]
    process-max=4

    # postgresql.conf of the server while it recovers; take them out afterwards
    shared_buffers = 16GB
    "
  `);
});

test('nothing gains enough', () => {
  const text = textOf({ tried: [tried('as configured', 41, { drills: 1 }), tried('process-max=4', 40)], best: null });
  expect(text).toContain('RTO of orders: 41m 00s now; nothing that was tried gains 10 % or more.');
  expect(text).toContain('Each way was drilled once');
});

test('what could not be measured, and what was left, is told', () => {
  const failed = tried('as configured', null, { ratio: null, why: 'was failed: wal-missing: a hole' });
  const text = textOf({
    tried: [failed],
    best: null,
    ended: 'the drill as configured failed',
    left: ['could not rm /x'],
  });
  expect(text).toContain('The RTO of orders as configured was not measured.');
  expect(text).toContain('as configured: was failed: wal-missing: a hole.');
  expect(text).toContain('Left behind: could not rm /x.');
});
