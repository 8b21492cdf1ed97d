import { describe, expect, test } from 'vitest';
import { couldNotOpen, isOutOfSight, positionIn, segmentIn, statusOfProgram } from '../../../src/postgres/failure.ts';
import { hasAnswered } from '../../../src/postgres/pg-isready.ts';
import { isRoleRefused, SQLSTATE } from '../../../src/postgres/sqlstate.ts';
import { complaintIn, recordAt } from '../../../src/postgres/waldump.ts';

describe('a record that was rejected', () => {
  test.each([
    ['invalid record length at 0/3016310: expected at least 24, got 0', null, 0x3016310n],
    [
      'invalid magic number 0000 in WAL segment 000000010000000000000003, LSN 0/3016000, offset 90112',
      '000000010000000000000003',
      null,
    ],
    [
      'unexpected pageaddr 0/2000000 in log segment 000000010000000000000004, offset 0',
      '000000010000000000000004',
      null,
    ],
  ])('%s', (text, segment, position) => {
    expect({ segment: segmentIn(text), position: positionIn(text) }).toEqual({ segment, position });
  });
});

describe('what a backend says of what it may not do', () => {
  test.each([
    ['could not stat file "/root/x": Permission denied', true, false],
    ['could not stat file "/dev/null/x": Not a directory', true, false],
    ['could not stat file "/root/x": Input/output error', false, false],
    ['could not open file "/run/x" for writing: Read-only file system', false, true],
    ['permission denied to COPY to or from a file', false, false],
  ])('%s', (text, outOfSight, notOpened) => {
    expect([isOutOfSight(text), couldNotOpen(text)]).toEqual([outOfSight, notOpened]);
  });

  test.each([
    ['child process exited with exit code 1', 1],
    ['child process exited with exit code 127', 127],
    ['child process was terminated by signal 9: Killed', null],
    ['', null],
  ])('of its program: %j', (detail, status) => {
    expect(statusOfProgram(detail)).toBe(status);
  });
});

test.each([
  [0, true],
  [1, true],
  [2, false],
  [3, null],
  [127, null],
])('pg_isready that ends with %i', (status, answered) => {
  expect(hasAnswered(status)).toBe(answered);
});

test.each([
  ['28000', true],
  ['28P01', true],
  [SQLSTATE.noSuchDatabase, false],
  [undefined, false],
])('the role is refused: %j', (code, refused) => {
  expect(isRoleRefused(code)).toBe(refused);
});

test('lines of pg_waldump', () => {
  const line =
    'rmgr: XLOG        len (rec/tot):     24/    24, tx:          0, lsn: 0/05000028, prev 0/04FFFFF8, desc: SWITCH ';
  expect(recordAt(line)).toBe(0x5000028n);
  expect(recordAt('pg_waldump: error: could not find a valid record after 0/5000000')).toBeNull();
  expect(complaintIn('pg_waldump: error: invalid magic number')).toBe('invalid magic number');
  expect(complaintIn('pg_waldump: fatal: invalid magic number')).toBe('invalid magic number');
});
