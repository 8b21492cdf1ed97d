import { expect, test } from 'vitest';
import { parseHistory } from '../../../src/postgres/timeline-history.ts';

test('forks are read oldest first, with comments and empty lines left out', () => {
  const text = `1\t0/6000120\treached consistency

# by hand
2\t0/A0000F8\tbefore 2026-11-21 02:52:55.066994+00
3   1/0\tat restore point "rp1"
`;
  expect(parseHistory(text)).toEqual([
    { timeline: 1, switchLsn: 0x6000120n },
    { timeline: 2, switchLsn: 0xa0000f8n },
    { timeline: 3, switchLsn: 0x1_0000_0000n },
  ]);
});

test('an empty file has no forks', () => {
  expect(parseHistory('')).toEqual([]);
});

test.each(['garbage', '1', '1\tsomewhere', 'x\t0/6000120', '1\t0/6000120\tok\n<html>'])(
  'a line that is not understood makes the whole file so: %j',
  (text) => {
    expect(parseHistory(text)).toBeNull();
  },
);
