import { expect, test } from 'vitest';
import { ruleFor } from '../../../../src/drill/fallback/rules.ts';
import { REASON_CODES } from '../../../../src/core/reason-codes.ts';

test.each([
  ['a damaged set', ['checksum-mismatch'], 'checksum-mismatch', 'other-set'],
  ['a hole in the archive', ['wal-missing'], 'wal-missing', 'other-repository'],
  ['what no other set changes beside what one may', ['rto-missed', 'check-failed'], 'check-failed', 'earlier-data'],
])('%s: %j', (_, codes, code, step) => {
  const ruled = ruleFor(codes);
  expect(ruled?.code).toBe(code);
  expect(ruled?.rule).toMatchObject({ steps: expect.arrayContaining([step]) as unknown });
});

test('a broken isolation outweighs all else: what let one copy out would let out the next', () => {
  expect(ruleFor(['checksum-mismatch', 'isolation-broken'])).toMatchObject({
    code: 'isolation-broken',
    rule: { none: expect.any(String) as unknown },
  });
});

test.each(Object.entries(REASON_CODES))('%s has a rule exactly if it fails a run', (code, { outcome }) => {
  expect(ruleFor([code]) !== null).toBe(outcome === 'failed');
});
