import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeWithParents } from '../../../src/core/directories.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';

test('a directory is made with its parents, and told, the innermost first; a second time there is nothing to do', () => {
  const root = temporaryDirectory();
  const [a, b] = [join(root, 'a'), join(root, 'a', 'b')];
  expect(makeWithParents(b, 0o700)).toEqual([b, a]);
  expect(statSync(b).mode & 0o777).toBe(0o700);
  expect(makeWithParents(b, 0o700)).toEqual([]);
});

test('where nothing can be made it says so, and ends', () => {
  expect(() => makeWithParents('/proc/pgdrill/reports', 0o700)).toThrow('ENOENT');
  expect(existsSync('/proc/pgdrill')).toBe(false);
});
