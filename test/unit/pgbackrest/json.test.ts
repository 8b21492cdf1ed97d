import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../src/pgbackrest/pgbackrest.ts';
import { drillErrorOf } from '../../fixtures/errors.ts';

describe('parseJson', () => {
  test('keeps all digits of system identifiers, which exceed 2^53', () => {
    expect(parseJson('[{"db":[{"id":1,"system-id":7710438438314332286,"version":"15"}]}]')).toEqual([
      { db: [{ id: 1, 'system-id': '7710438438314332286', version: '15' }] },
    ]);
  });

  test('skips warnings that no log level silences', () => {
    const text = `P00   WARN: configuration file contains invalid option 'no-such-option'
P00   WARN: environment contains invalid option 'allow-root'
{".":{"type":"path"}}
`;
    expect(parseJson(text)).toEqual({ '.': { type: 'path' } });
  });

  test('reads messages with decrypted binary in them, as a wrong passphrase brings forth', () => {
    const text = `[{"status":{"code":99,"message":"[FormatError] at line 1: \u0001\u001f\ufffd\ufffd"}}]`;
    expect(parseJson(text)).toEqual([{ status: { code: 99, message: '[FormatError] at line 1:   \ufffd\ufffd' } }]);
  });

  test.each(['', 'ERROR: [037]: restore command requires option: stanza', '[{"a":', 'null and void'])(
    '%j is no JSON: a repository that cannot be read',
    (text) => {
      expect(drillErrorOf(() => parseJson(text)).code).toBe('repo-unreadable');
    },
  );
});
