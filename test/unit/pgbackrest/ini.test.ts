import { expect, test } from 'vitest';
import { formatIni, parseIni } from '../../../src/pgbackrest/ini.ts';

test('sections, comments, spaces, repeated keys and values with signs in them are read', () => {
  const { sections, entries, problems } = parseIni(`# global
[global]
repo1-path = /var/lib/pgbackrest
repo1-cipher-pass=a=b#c
  # indented comment
tls-server-auth=one=main
tls-server-auth=two=main\r
[main:archive-get]
process-max=4
[empty]
`);
  expect(sections).toEqual(['global', 'main:archive-get', 'empty']);
  expect(problems).toEqual([]);
  expect(entries).toEqual([
    { section: 'global', key: 'repo1-path', value: '/var/lib/pgbackrest', line: 3 },
    { section: 'global', key: 'repo1-cipher-pass', value: 'a=b#c', line: 4 },
    { section: 'global', key: 'tls-server-auth', value: 'one=main', line: 6 },
    { section: 'global', key: 'tls-server-auth', value: 'two=main', line: 7 },
    { section: 'main:archive-get', key: 'process-max', value: '4', line: 9 },
  ]);
});

test.each([
  ['a line that says nothing', '[global]\nrepo1-path\n', 2],
  ['an option before any section', 'repo1-path=/x\n[global]\n', 1],
  ['a value without a key', '[global]\n=x\n', 2],
  ['an unclosed section', '\n[global\n', 2],
])('%s is a problem with its line', (_, text, line) => {
  expect(parseIni(text).problems).toMatchObject([{ line }]);
});

const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : 1);

test('what is written is read back', () => {
  const entries = [
    { section: 'global', key: 'repo1-path', value: '/r' },
    { section: 'main', key: 'pg1-path', value: '/d' },
    { section: 'global', key: 'repo1-type', value: 'posix' },
  ];
  expect(parseIni(formatIni(entries)).entries.toSorted(byKey)).toMatchObject(entries.toSorted(byKey));
});

test('only what pgBackRest takes for blank is left out around names and values', () => {
  const { entries } = parseIni('[global]\n\t repo1-path\u00a0 = \u00a0/a\v\t\r\n');
  expect(entries).toEqual([{ section: 'global', key: 'repo1-path\u00a0', value: '\u00a0/a\v', line: 2 }]);
});

test('a section that goes on behind its bracket is a problem, and no option', () => {
  expect(parseIni('[main]\n[other] x=y\n')).toEqual({
    sections: ['main'],
    entries: [],
    problems: [{ line: 2, text: '[other] x=y' }],
  });
});
