import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeTextfile } from '../../../src/metrics/write-textfile.ts';
import { drillErrorOf } from '../../fixtures/errors.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';

const TEXT = '# HELP pgdrill_build_info The version.\n';

test('a file that anybody may read, whatever the umask, and nothing beside it', () => {
  const directory = temporaryDirectory();
  const file = join(directory, 'pgdrill.prom');
  const before = process.umask(0o077);
  writeTextfile(file, TEXT);
  writeTextfile(file, `${TEXT}more\n`);
  process.umask(before);
  expect(statSync(file).mode & 0o7777).toBe(0o644);
  expect(readFileSync(file, 'utf8')).toBe(`${TEXT}more\n`);
  expect(readdirSync(directory)).toEqual(['pgdrill.prom']);
});

describe('what is there and is not ours stays as it is', () => {
  const refused: readonly [string, string, (file: string) => void][] = [
    ['a link', 'pgdrill.prom', (file) => symlinkSync('/etc/hostname', file)],
    ['a link that leads nowhere', 'pgdrill.prom', (file) => symlinkSync('/nowhere/pgdrill.prom', file)],
    ['a directory', 'pgdrill.prom', (file) => mkdirSync(file)],
    ['metrics of somebody else', 'smartmon.prom', (file) => writeFileSync(file, '# HELP smartmon_info Info.\n')],
    ['a file that is not collected', 'pgdrill.txt', (file) => writeFileSync(file, '')],
  ];

  test.each(refused)('%s', (_, name, make) => {
    const directory = temporaryDirectory();
    const file = join(directory, name);
    make(file);
    const { ino } = lstatSync(file);
    expect(drillErrorOf(() => writeTextfile(file, TEXT)).code).toBe('plan-invalid');
    expect(lstatSync(file).ino).toBe(ino);
    expect(readdirSync(directory)).toEqual([name]);
  });
});

test('an empty file is taken', () => {
  const file = join(temporaryDirectory(), 'pgdrill.prom');
  writeFileSync(file, '');
  writeTextfile(file, TEXT);
  expect(readFileSync(file, 'utf8')).toBe(TEXT);
});

test('a directory that is not there is named', () => {
  const file = join(temporaryDirectory(), 'nowhere', 'pgdrill.prom');
  expect(drillErrorOf(() => writeTextfile(file, TEXT)).code).toBe('not-found');
});

test('what a writer left that was killed long ago is removed, and what another writes now is not', () => {
  const directory = temporaryDirectory();
  const file = join(directory, 'pgdrill.prom');
  const names = ['.pgdrill.prom.old.new', '.pgdrill.prom.now.new', '.other.prom.old.new'];
  for (const name of names) writeFileSync(join(directory, name), 'half');
  for (const name of names.filter((each) => each.includes('old'))) utimesSync(join(directory, name), 0, 0);
  writeTextfile(file, TEXT);
  expect(readdirSync(directory).toSorted()).toEqual(['.other.prom.old.new', '.pgdrill.prom.now.new', 'pgdrill.prom']);
});
