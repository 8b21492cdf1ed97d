import { describe, expect, test } from 'vitest';
import { openEnvelope, PAYLOAD_TYPE, preAuthEncoding, seal } from '../../../src/evidence/dsse.ts';
import { newSigner } from '../../fixtures/keys.ts';

test.each([
  // The example of https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
  ['http://example.com/HelloWorld', 'hello world', 'DSSEv1 29 http://example.com/HelloWorld 11 hello world'],
  ['', '', 'DSSEv1 0  0 '],
  // Lengths are those of bytes.
  ['a', 'ö', 'DSSEv1 1 a 2 ö'],
])('%j over %j is signed as %j', (type, body, encoded) => {
  expect(preAuthEncoding(type, Buffer.from(body)).toString()).toBe(encoded);
});

test('what was sealed is opened again, and is known to be signed by its keys alone', async () => {
  const [old, fresh, other] = [newSigner(), newSigner(), newSigner()];
  const envelope = openEnvelope(await seal('{"a":"ö"}', [old, fresh]));
  expect(envelope.body).toBe('{"a":"ö"}');
  expect(envelope.keyIds).toEqual([old.keyId, fresh.keyId]);
  expect([old, fresh, other].map(({ publicKey }) => envelope.isSignedBy(publicKey))).toEqual([true, true, false]);
});

const sealed = async (): Promise<Record<string, unknown>> =>
  JSON.parse(await seal('{"some":"body"}', [newSigner()])) as Record<string, unknown>;
const spelled = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

describe('an envelope has one spelling', () => {
  test('which is taken', async () => {
    expect(() => void openEnvelope('')).toThrow(/no DSSE envelope/);
    expect(openEnvelope(spelled(await sealed())).body).toBe('{"some":"body"}');
  });

  test.each<[string, (envelope: Record<string, unknown>) => string]>([
    ['no line end', (envelope) => JSON.stringify(envelope, null, 2)],
    ['other blanks', (envelope) => `${JSON.stringify(envelope)}\n`],
    ['a field more', (envelope) => spelled({ ...envelope, more: 1 })],
    ['another type', (envelope) => spelled({ ...envelope, payloadType: 'text/plain' })],
    ['no signature', (envelope) => spelled({ ...envelope, signatures: [] })],
    ['another order', ({ payload, ...others }) => spelled({ payload, ...others })],
    ['a name twice', (envelope) => spelled(envelope).replace('{', '{\n  "payload": "",')],
  ])('and none with %s', async (_, bend) => {
    const text = bend(await sealed());
    expect(() => void openEnvelope(text)).toThrow(/envelope/);
  });

  // 64 bytes are 85 digits of 6 bits and one of which 4 bits mean nothing.
  test('whose signature cannot be bent', async () => {
    const signer = newSigner();
    const text = await seal('{}', [signer]);
    const last = /([A-Za-z0-9+/])==/.exec(text)?.[1] ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const bent = text.replace(`${last}==`, `${alphabet[alphabet.indexOf(last) + 1]}==`);
    expect(Buffer.from(/"sig": "([^"]*)/.exec(bent)?.[1] ?? '', 'base64')).toEqual(
      Buffer.from(/"sig": "([^"]*)/.exec(text)?.[1] ?? '', 'base64'),
    );
    expect(() => void openEnvelope(bent)).toThrow(/not spelled as envelopes are/);
  });

  test('and no byte of it can change', async () => {
    const signer = newSigner();
    const bytes = Buffer.from(await seal('{"some":"body"}', [signer]));
    const held = [...bytes.keys()].filter((at) => {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      try {
        return openEnvelope(changed.toString('utf8')).isSignedBy(signer.publicKey);
      } catch {
        return false;
      }
    });
    expect(held).toEqual([]);
    expect(PAYLOAD_TYPE).toBe('application/vnd.in-toto+json');
  });
});
