import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Redactor } from '../../src/core/redact.ts';
import { shortened } from '../../src/core/shortened.ts';
import { LineSplitter } from '../../src/host/line-splitter.ts';
import { cuts, expectHolds, hostileText, piecesOf } from '../fixtures/properties.ts';

/** Of letters that no other text of these tests has, so that what is left of one can be told. */
const secretText = fc
  .tuple(hostileText, fc.string({ unit: fc.constantFrom('Q', 'X', 'Z'), minLength: 8, maxLength: 12 }), hostileText)
  .map((parts) => parts.join(''));

/** How other programs and formats write a text. */
const ENCODINGS: Readonly<Record<string, (secret: string) => string>> = {
  'as it is': (secret) => secret,
  JSON: (secret) => JSON.stringify(secret).slice(1, -1),
  'JSON in ASCII': (secret) =>
    JSON.stringify(secret)
      .slice(1, -1)
      .replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'a part of a URL': (secret) => encodeURIComponent(secret.toWellFormed()),
  'a part of a URL, in lower case': (secret) =>
    encodeURIComponent(secret.toWellFormed()).replace(/%../g, (code) => code.toLowerCase()),
  'a part of a URL, as signatures of S3 have it': (secret) =>
    [...Buffer.from(secret.toWellFormed())]
      .map((byte) =>
        /[A-Za-z0-9._~-]/.test(String.fromCharCode(byte))
          ? String.fromCharCode(byte)
          : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
      )
      .join(''),
  'a form': (secret) => new URLSearchParams({ a: secret }).toString().slice(2),
  'the words of SQL': (secret) => secret.replaceAll("'", "''"),
  'the words of a shell': (secret) => secret.replaceAll("'", `'\\''`),
  base64: (secret) => Buffer.from(secret).toString('base64'),
  base64url: (secret) => Buffer.from(secret).toString('base64url'),
  'the base64 of more than it': (secret) => Buffer.from(`user:${secret}\n`).toString('base64'),
  XML: (secret) =>
    secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  hex: (secret) => Buffer.from(secret).toString('hex'),
};

function knowing(...secrets: string[]): Redactor {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.add(secret);
  return redactor;
}

test.each(Object.entries(ENCODINGS))('a secret never gets through: %s', (_, encode) => {
  expectHolds(
    fc.property(secretText, hostileText, hostileText, (secret, before, after) => {
      const written = encode(secret);
      const shown = knowing(secret).text(`${before}${written}${after}`);
      expect(shown).not.toContain(written);
      expect(shown).toContain('[redacted]');
    }),
  );
});

test('of secrets that overlap in whatever way nothing is left', () => {
  const overlapping = fc.array(fc.string({ unit: fc.constantFrom('Q', 'X'), minLength: 3, maxLength: 6 }), {
    minLength: 1,
    maxLength: 4,
  });
  const text = fc.string({ unit: fc.constantFrom('Q', 'X', 'a'), maxLength: 60 });
  expectHolds(
    fc.property(overlapping, text, (secrets, given) => {
      const shown = knowing(...secrets).text(given);
      for (const secret of secrets) expect(shown).not.toContain(secret);
      // Each letter that is left stood outside every place of every secret.
      const units = given.split('');
      const hidden = units.map((_, at) =>
        secrets.some((secret) =>
          secret.split('').some((__, back) => at >= back && given.startsWith(secret, at - back)),
        ),
      );
      const left = units.filter((__, at) => hidden[at] !== true).join('');
      expect(shown.replaceAll('[redacted]', '')).toBe(left);
    }),
  );
});

test('of a secret in which a text was cut no beginning is left', () => {
  const secret = fc.string({ unit: fc.constantFrom('Q', 'X', 'Z', 'q'), minLength: 3, maxLength: 12 });
  expectHolds(
    fc.property(hostileText, secret, fc.nat(40), (before, hidden, more) => {
      const cut = shortened(`${before}${hidden}${before}`, before.length + more);
      const shown = knowing(hidden).text(`${cut}; then ${before}`);
      for (let length = 3; length <= hidden.length; length += 1)
        expect(shown).not.toContain(`${hidden.slice(0, length)}…`);
    }),
  );
});

test('a text that holds no secret is unchanged, and so are data without one', () => {
  expectHolds(
    fc.property(fc.json(), hostileText, (json, text) => {
      const redactor = knowing('QXZQXZQXZ', 'Z Q\nX');
      expect(redactor.text(text)).toBe(text);
      expect(redactor.data(JSON.parse(json))).toEqual(JSON.parse(json));
    }),
  );
});

test('a secret in the output of a program that comes in whatever pieces is in none of its lines', () => {
  const oneLine = secretText.map((text) => text.toWellFormed().replaceAll('\n', ' '));
  expectHolds(
    fc.property(oneLine, hostileText, hostileText, cuts, (secret, before, after, at) => {
      const output = Buffer.from(`${before}${secret}${after}\n${secret}\n${secret}`);
      const redactor = knowing(secret);
      const lines: string[] = [];
      const splitter = new LineSplitter((line) => lines.push(redactor.text(line)));
      for (const piece of piecesOf(output, at)) splitter.push(piece);
      splitter.end();
      expect(lines.join('\n')).not.toContain(secret);
      expect(lines.filter((line) => line.includes('[redacted]')).length).toBe(3);
    }),
  );
});

test('a string anywhere in data is masked, and the data keep their shape', () => {
  const [other, secret] = [fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 5 }), 'QXZ-Q'];
  const leaf = fc.oneof(other, fc.constant(secret), fc.integer(), fc.boolean(), fc.constant(null));
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(other, tie('tree'), { maxKeys: 4 }),
    ),
  }));
  expectHolds(
    fc.property(tree, (data) => {
      const masked: unknown = knowing(secret).data(data);
      expect(JSON.stringify(masked)).toBe(JSON.stringify(data)?.replaceAll(secret, '[redacted]'));
    }),
  );
});
