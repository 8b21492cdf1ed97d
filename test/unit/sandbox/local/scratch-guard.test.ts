import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { refuseUnsafeScratch } from '../../../../src/sandbox/local/scratch-guard.ts';
import { resolvePath } from '../../../../src/sandbox/path-relation.ts';
import { drillErrorOf } from '../../../fixtures/errors.ts';
import { temporaryDirectory } from '../../../fixtures/plans.ts';

/** A machine with production at prod/data, links to it, and free room. */
function machine(): (path: string) => string {
  const root = temporaryDirectory();
  for (const path of ['prod/data/base', 'prod-copy', 'free']) mkdirSync(join(root, path), { recursive: true });
  symlinkSync(join(root, 'prod'), join(root, 'link-to-prod'));
  symlinkSync(join(root, 'prod/data'), join(root, 'link-to-data'));
  symlinkSync('link-to-data', join(root, 'link-to-link'));
  symlinkSync(join(root, 'free'), join(root, 'prod/link-to-free'));
  return (path) => join(root, path);
}

const WHAT = 'a data directory of production';

describe('a scratch directory is refused when it', () => {
  test.each([
    ['is', 'prod/data', 'prod/data'],
    ['is', 'prod/data/', 'prod/data'],
    ['is', 'prod/../prod/./data', 'prod/data'],
    ['holds', 'prod', 'prod/data'],
    ['lies in', 'prod/data/base', 'prod/data'],
    ['lies in', 'prod/data/new/deep', 'prod/data'],
    ['is', 'link-to-data', 'prod/data'],
    ['is', 'link-to-link', 'prod/data'],
    ['holds', 'link-to-prod', 'prod/data'],
    ['lies in', 'link-to-data/new', 'prod/data'],
    ['lies in', 'link-to-prod/data/new', 'prod/data'],
    ['is', 'prod/data', 'link-to-data'],
    ['lies in', 'prod/data/x', 'link-to-link'],
    ['lies in', 'prod/link-to-free/x', 'free'],
    ['holds', 'prod', 'prod/data/not/there/yet'],
  ])('%s (%s, with production at %s)', (relation, scratch, forbidden) => {
    const at = machine();
    const error = drillErrorOf(() => refuseUnsafeScratch(at(scratch), [{ path: at(forbidden), what: WHAT }]));
    expect(error.code).toBe('scratch-refused');
    expect(error.message).toContain(` ${relation} ${WHAT} (${at(forbidden)})`);
  });

  test('holds everything: the root', () => {
    expect(drillErrorOf(() => refuseUnsafeScratch('/', [{ path: '/no/such/data', what: WHAT }])).message).toContain(
      ' holds ',
    );
  });
});

test.each([
  ['a directory of its own', 'free', 'prod/data'],
  ['a new one', 'free/new', 'prod/data'],
  ['a neighbour', 'prod/scratch', 'prod/data'],
  ['one whose name only begins alike', 'prod-copy', 'prod'],
  ['one that is reached through production, but lies elsewhere', 'prod/link-to-free', 'prod/data'],
])('%s is taken', (_, scratch, forbidden) => {
  const at = machine();
  expect(() => refuseUnsafeScratch(at(scratch), [{ path: at(forbidden), what: WHAT }])).not.toThrow();
});

test('every forbidden path is looked at, not only the first', () => {
  const at = machine();
  const paths = ['prod-copy', 'prod/data', 'free'].map((path) => ({ path: at(path), what: path }));
  expect(drillErrorOf(() => refuseUnsafeScratch(at('free/x'), paths)).message).toContain('lies in free');
});

test('what is not there is resolved as far as it is', () => {
  const at = machine();
  expect(resolvePath(at('link-to-data/a/b'))).toBe(resolvePath(at('prod/data')) + '/a/b');
});
