import { expect, test } from 'vitest';
import { Redactor } from '../../../src/core/redact.ts';

function knowing(...secrets: string[]): Redactor {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.add(secret);
  return redactor;
}

test('text passes unchanged while no secret is known', () => {
  expect(new Redactor().text('pass=hunter2')).toBe('pass=hunter2');
});

test('every place of a secret is masked', () => {
  expect(knowing('hunter2').text('a hunter2 b=hunter2')).toBe('a [redacted] b=[redacted]');
});

test.each([
  ['the shorter first', ['hunter2', 'hunter2-and-more']],
  ['the longer first', ['hunter2-and-more', 'hunter2']],
])('a secret that holds another leaves no rest: %s', (_, secrets) => {
  expect(knowing(...secrets).text('x hunter2-and-more y hunter2 z')).toBe('x [redacted] y [redacted] z');
});

test('two secrets that overlap in a text leave nothing of either', () => {
  expect(knowing('abcdef', 'defghi').text('<abcdefghi>')).toBe('<[redacted]>');
});

test('a secret with characters of regular expressions is taken as it is', () => {
  const redactor = knowing('a.c$(x)*[y]\\');
  expect(redactor.text('1 a.c$(x)*[y]\\ 2')).toBe('1 [redacted] 2');
  expect(redactor.text('abc')).toBe('abc');
});

test('a secret is masked inside JSON as well', () => {
  const secret = 'say "hi"\\\n\u0001';
  const text = JSON.stringify({ pass: secret, other: 1 });
  expect(knowing(secret).text(text)).toBe('{"pass":"[redacted]","other":1}');
});

test('a secret is masked inside a URL as well', () => {
  expect(knowing('p@ss/word').text('postgres://u:p%40ss%2Fword@h/db')).toBe('postgres://u:[redacted]@h/db');
});

test.each([
  ['a signature of S3', "it's", 'token=it%27s', 'token=[redacted]'],
  ['a form', 'a b+c', 'q=a+b%2Bc', 'q=[redacted]'],
  ['lower-case percent codes', 'p@ss/word', 'p%40ss%2fword', '[redacted]'],
  ['JSON in ASCII', 'pässword', '"p\\u00e4ssword"', '"[redacted]"'],
  ['SQL', "o'clock", "'o''clock'", "'[redacted]'"],
  ['a shell', "o'clock", "'o'\\''clock'", "'[redacted]'"],
  ['XML', 'a<b&c', '<k>a&lt;b&amp;c</k>', '<k>[redacted]</k>'],
  ['base64', 'hunter2', 'aHVudGVyMg==', '[redacted]'],
  ['the base64 of a user and a secret', 'hunter2!', 'dXNlcjpodW50ZXIyIQ==', 'dXNlcjp[redacted]Q=='],
  ['hex', 'hunter2', '68756e74657232', '[redacted]'],
])('a secret is masked in the spelling of %s', (_, secret, text, masked) => {
  expect(knowing(secret).text(text)).toBe(masked);
});

test('half of a character in a secret harms nothing', () => {
  expect(knowing('QQQ\ud800').text('a QQQ\ud800 QQQ\ufffd')).toBe('a [redacted] [redacted]');
});

test.each(['', 'a', 'ab'])('%j is too short to be a secret, and would blot out innocent text', (secret) => {
  expect(knowing(secret).text('ab abba')).toBe('ab abba');
});

test('a tree of data is masked in every string of it, and otherwise the same', () => {
  const data = { a: ['x hunter2', { b: 'hunter2' }], n: 1, none: null, yes: true, nothing: undefined };
  const masked = knowing('hunter2').data(data);
  expect(masked).toEqual({ a: ['x [redacted]', { b: '[redacted]' }], n: 1, none: null, yes: true, nothing: undefined });
  expect(data.a[0]).toBe('x hunter2');
});

test('words of a fixed vocabulary stay what they are, and nothing else does', () => {
  const redactor = knowing('passed', 'hunter2');
  const report = { verdict: 'passed', message: 'passed', code: 'hunter2 x', reasons: [{ code: 'check-passed' }] };
  expect(redactor.data(report)).toEqual({
    verdict: 'passed',
    message: '[redacted]',
    code: '[redacted] x',
    reasons: [{ code: 'check-passed' }],
  });
});
