import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawn, newSeed, SEED } from '../../../src/core/draw.ts';

const SETS = ['20261101-030000F', '20261108-030000F', '20261115-030000F'];

test('the least SHA-256 of seed and name is drawn, as anybody can see with a shell', () => {
  const script =
    'for name in "$@"; do echo "$(printf "%s %s" "$0" "$name" | sha256sum) $name"; done | sort | head -n 1';
  const line = execFileSync('sh', ['-c', script, 'c', ...SETS], { encoding: 'utf8' }).trim();
  expect(line.endsWith(drawn('c', SETS) ?? '?')).toBe(true);
});

test('of none nothing is drawn', () => {
  expect(drawn('c', [])).toBeNull();
});

const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 30 });

test('the same seed draws the same, in whatever order, and what comes or goes beside it changes nothing', () => {
  fc.assert(
    fc.property(fc.string(), names, fc.nat(), (seed, all, at) => {
      const found = drawn(seed, all);
      const gone = all[at % all.length];
      const left = all.filter((name) => name === found || name !== gone);
      expect([drawn(seed, all.toReversed()), drawn(seed, left)]).toEqual([found, found]);
    }),
  );
});

test('every one of them can be drawn', () => {
  const seen = new Set(Array.from({ length: 100 }, (_, number) => drawn(String(number), SETS)));
  expect(seen).toEqual(new Set(SETS));
});

test('a seed that nobody has chosen is usable as an option', () => {
  expect(newSeed()).toMatch(SEED);
  expect(newSeed()).not.toBe(newSeed());
});
