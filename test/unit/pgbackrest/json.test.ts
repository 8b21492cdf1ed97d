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

  test('JSON that breaks off: a repository that cannot be read', () => {
    expect(drillErrorOf(() => parseJson('[{"a":')).code).toBe('repo-unreadable');
  });

  // With exit status 0 pgBackRest always prints some.
  test.each(['', 'ERROR: [037]: restore command requires option: stanza', 'null and void'])(
    '%j has no JSON at all: whatever printed it was no pgBackRest, and the repository was not asked',
    (text) => {
      expect(drillErrorOf(() => parseJson(text)).code).toBe('sandbox-failed');
    },
  );
});
