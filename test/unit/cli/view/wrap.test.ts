import { expect, test } from 'vitest';
import { wrap } from '../../../../src/cli/view/wrap.ts';

test.each([
  ['a line that fits stays', 'one two', 9, 'one two'],
  ['a longer one is broken, and indented', 'one two', 8, 'one\n  two'],
  ['a word stays whole, however long', 'a /very/long/path b', 8, 'a\n  /very/long/path\n  b'],
  ['line breaks stay', 'one\ntwo', 20, 'one\n  two'],
  ['colours take no columns', '\u001B[31mone\u001B[39m two', 9, '\u001B[31mone\u001B[39m two'],
  ['a wide character takes two columns', '日本 日本', 9, '日本\n  日本'],
  ['without a limit nothing is broken', 'one two '.repeat(40), Infinity, 'one two '.repeat(40)],
])('%s', (_, text, width, lines) => {
  expect(wrap(text, width, 2)).toBe(lines);
});
