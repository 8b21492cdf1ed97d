import { expect, test } from 'vitest';
import { refusalIn } from '../../../src/postgres/auto-conf.ts';

// As PostgreSQL 15 prints it.
const UNKNOWN = `2026-11-30 03:04:05.677 GMT [71] LOG:  skipping missing configuration file "/postgresql.auto.conf"
2026-11-30 03:04:05.678 GMT [71] LOG:  unrecognized configuration parameter "no_such" in file "/run/data/postgresql.auto.conf" line 3
2026-11-30 03:04:05.678 GMT [71] FATAL:  configuration file "/run/data/postgresql.auto.conf" contains errors
`;

test.each([
  ['a setting that there is not', UNKNOWN, 'unrecognized configuration parameter "no_such" line 3'],
  [
    'a line that is none',
    'x LOG:  syntax error in file "/a" line 2, near token "no"\nx FATAL:  configuration file "/a" contains errors\n',
    'syntax error line 2, near token "no"',
  ],
  ['another end', 'FATAL:  could not create shared memory segment: Cannot allocate memory\n', null],
  ['nothing', '', null],
])('%s', (_, stderr, words) => {
  expect(refusalIn(stderr)).toBe(words);
});
