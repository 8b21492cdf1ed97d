import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { refuseExisting, writeText } from '../../../src/extract/output-file.ts';
import { RowFile } from '../../../src/extract/row-file.ts';

const root = mkdtempSync(join(tmpdir(), 'pgdrill-extract-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const directory = (): string => mkdtempSync(join(root, 'place-'));

test('rows come back as they were, and their file has no name', async () => {
  const place = directory();
  using file = new RowFile(place);
  expect(readdirSync(place)).toEqual([]);
  const rows = Array.from({ length: 4500 }, (_, index) => [String(index), index % 2 === 0 ? null : 'a\n"\u2028ü\r']);
  file.write(rows.slice(0, 3000));
  file.write(rows.slice(3000));
  const back: (readonly (string | null)[])[] = [];
  for await (const batch of file.read()) back.push(...batch);
  expect(back).toEqual(rows);
});

test('a row longer than what is read at once comes back whole', async () => {
  using file = new RowFile(directory());
  const rows = [
    ['1', 'ü'.repeat(700_000)],
    ['2', null],
    ['3', 'x'],
  ];
  file.write(rows);
  for await (const batch of file.read()) expect(batch).toEqual(rows);
});

test('a file is its owner’s alone, is there whole, and takes the place of another one only where it may', () => {
  const place = directory();
  const path = join(place, 'orders.dump');
  writeText('one', { path, force: false });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(() => writeText('two', { path, force: false })).toThrow('is there already');
  expect(() => refuseExisting(path, false)).toThrow('is there already');
  expect(() => refuseExisting(join(place, 'none/a.dump'), false)).toThrow('there is no directory');
  writeText('three', { path, force: true });
  expect(readFileSync(path, 'utf8')).toBe('three');
  expect(readdirSync(place)).toEqual(['orders.dump']);
});
