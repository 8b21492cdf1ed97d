import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellJoin, shellQuote } from '../../../src/core/shell-quote.ts';

const HOSTILE = [
  '',
  ' ',
  'plain',
  '--set=20261121-015906F',
  "it's",
  "'",
  "''",
  `"double"`,
  '$HOME',
  '$(touch owned)',
  '`touch owned`',
  'a;b&c|d>e<f',
  'back\\slash',
  'trailing\\',
  'new\nline',
  'tab\there',
  '*?[a-z]',
  '~root',
  '!history',
  '#comment',
  '{a,b}',
  '%f %p %%',
  '2026-11-21 01:59:12.818673+00',
  'ünïcödé ☃',
  '-n',
];

test.each(HOSTILE)('a shell reads %j as one word, unchanged', (word) => {
  const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${shellQuote(word)}`], { encoding: 'utf8' });
  expect(stdout).toBe(`${word}\0`);
});

test('a shell reads a joined command line back as its words', () => {
  const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${shellJoin(HOSTILE)}`], { encoding: 'utf8' });
  expect(stdout.split('\0').slice(0, -1)).toEqual(HOSTILE);
});

test('words that need no quotes get none, so that people can read the command', () => {
  expect(shellJoin(['pgbackrest', '--config=/etc/x.conf', 'info'])).toBe('pgbackrest --config=/etc/x.conf info');
});
