import { describe, expect, test } from 'vitest';
import { formatBytes, parseBytes } from '../../../src/core/bytes.ts';

describe('parseBytes', () => {
  test.each([
    ['258B', 258],
    ['8KB', 8192],
    ['8kB', 8192],
    ['64.3MB', Math.round(64.3 * 1024 ** 2)],
    ['1.2 GB', Math.round(1.2 * 1024 ** 3)],
    ['4GB', 4 * 1024 ** 3],
    ['2T', 2 * 1024 ** 4],
    ['0B', 0],
    ['16384', 16_384],
  ])('%j is %i bytes', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  test.each(['', 'B', '-1GB', '1 XB', '1,5GB', '10%', 'GB4', '1GiB'])('%j is no size', (text) => {
    expect(parseBytes(text)).toBeNull();
  });
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 kB'],
  [1536, '1.5 kB'],
  [100 * 1024 ** 2, '100 MB'],
  [30.3 * 1024 ** 2, '30.3 MB'],
  [1024 ** 4, '1.0 TB'],
])('%i bytes read %j', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
