import { describe, expect, test } from 'vitest';
import { flocks } from '../../../src/pgbackrest/backup-lock.ts';
import { isWhole, parseVerify } from '../../../src/pgbackrest/verify.ts';

// As pgBackRest 2.45 prints it.
const GOOD = `stanza: shop
status: ok
  archiveId: 15-1, total WAL checked: 10, total valid WAL: 10
    missing: 0, checksum invalid: 0, size invalid: 0, other: 0
  backup: 20261129-144809F, status: valid, total files checked: 965, total valid files: 965
    missing: 0, checksum invalid: 0, size invalid: 0, other: 0
`;
const DAMAGED = `stanza: shop
status: error
  archiveId: 15-1, total WAL checked: 10, total valid WAL: 9
    missing: 0, checksum invalid: 0, size invalid: 0, other: 1
  backup: 20261129-144809F, status: invalid, total files checked: 965, total valid files: 963
    missing: 1, checksum invalid: 1, size invalid: 0, other: 0
`;
const NO_INFO = `stanza: shop
status: error
  No usable backup.info file
  No usable archive.info file
`;

describe('the text of pgbackrest verify', () => {
  test('of a good repository', () => {
    expect(parseVerify(GOOD)).toEqual({
      status: 'ok',
      parts: [
        { name: 'archive 15-1', checked: 10, valid: 10, faults: [] },
        { name: 'backup 20261129-144809F', checked: 965, valid: 965, faults: [] },
      ],
      remarks: [],
    });
    expect(isWhole(parseVerify(GOOD))).toBe(true);
  });

  test('behind a warning of 2.55 about an option that it does not know', () => {
    const text = `P00   WARN: configuration file contains invalid option 'no-such-option'\n${GOOD}`;
    expect(isWhole(parseVerify(text))).toBe(true);
  });

  test('of a damaged one', () => {
    expect(parseVerify(DAMAGED).parts.map(({ faults }) => faults)).toEqual([
      ['other: 1'],
      ['missing: 1', 'checksum invalid: 1'],
    ]);
  });

  test('of one that does not open', () => {
    expect(parseVerify(NO_INFO)).toEqual({
      status: 'error',
      parts: [],
      remarks: ['No usable backup.info file', 'No usable archive.info file'],
    });
  });

  test.each([
    ['nothing', ''],
    ['no status', GOOD.replace('status: ok\n', '')],
    ['a status of nothing', 'stanza: shop\nstatus: ok\n'],
    ['another status', GOOD.replace('status: ok', 'status: fine')],
    ['an unknown line', `${GOOD}  backup: x was skipped\n`],
    ['damage', DAMAGED],
    ['valid files that are fewer', GOOD.replace('valid files: 965', 'valid files: 964')],
    ['a counter', GOOD.replace('size invalid: 0', 'size invalid: 1')],
  ])('is not taken for good where it says %s', (_, text) => {
    expect(isWhole(parseVerify(text))).toBe(false);
  });
});

test('/proc/locks tells who holds a lock exclusively', () => {
  const text = `1: POSIX  ADVISORY  WRITE 11 08:01:393223 0 EOF
2: FLOCK  ADVISORY  WRITE 4711 08:01:393224 0 EOF
2: -> FLOCK  ADVISORY  WRITE 4712 08:01:393225 0 EOF
3: FLOCK  ADVISORY  READ 4713 00:2d:12 0 EOF
`;
  expect([...flocks(text)]).toEqual([[393224, 4711]]);
});
