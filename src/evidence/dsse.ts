import { verify } from 'node:crypto';
import { z } from 'zod';
import type { PublicKey } from './public-key.ts';
import type { Signer } from './signer.ts';

/** What the bodies of all our envelopes are: in-toto statements. */
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

const envelopeSchema = z.strictObject({
  payloadType: z.literal(PAYLOAD_TYPE),
  payload: z.base64(),
  signatures: z
    .array(z.strictObject({ keyid: z.string().regex(/^[0-9a-f]{64}$/), sig: z.base64() }))
    .min(1)
    .max(2),
});

type Envelope = z.output<typeof envelopeSchema>;

/** The bytes that are signed (DSSE v1, "pre-authentication encoding"): the type is inside the signature. */
export function preAuthEncoding(type: string, body: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `;
  return Buffer.concat([Buffer.from(head), body]);
}

/** A body in an envelope, signed by each of the signers; the text of a file. */
export async function seal(body: string, signers: readonly Signer[]): Promise<string> {
  const bytes = Buffer.from(body);
  const encoded = preAuthEncoding(PAYLOAD_TYPE, bytes);
  const signatures: Envelope['signatures'] = [];
  for (const signer of signers) {
    const signature = await signer.sign(encoded);
    signatures.push({ keyid: signer.keyId, sig: signature.toString('base64') });
  }
  return textOf({ payloadType: PAYLOAD_TYPE, payload: bytes.toString('base64'), signatures });
}

/** An envelope has one spelling: without that, a byte of it could change and every signature still hold. */
function textOf(envelope: Envelope): string {
  return `${JSON.stringify(envelope, null, 2)}\n`;
}

/** An envelope that was opened: its body, and the keys that are said to have signed it, which is not yet proven. */
export interface OpenedEnvelope {
  readonly body: string;
  readonly keyIds: readonly string[];
  /** Whether this key has signed it. */
  isSignedBy(key: PublicKey): boolean;
}

/** Opens an envelope. Throws an Error that says why it is none; any other spelling of one is none. */
export function openEnvelope(text: string): OpenedEnvelope {
  const envelope = parsed(text);
  const body = Buffer.from(envelope.payload, 'base64');
  const signatures = envelope.signatures.map(({ keyid, sig }) => ({ keyid, sig: Buffer.from(sig, 'base64') }));
  const again = {
    ...envelope,
    payload: body.toString('base64'),
    signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig: sig.toString('base64') })),
  };
  if (textOf(again) !== text) throw new Error('it is not spelled as envelopes are: a byte of it was changed');
  const encoded = preAuthEncoding(PAYLOAD_TYPE, body);
  return {
    body: body.toString('utf8'),
    keyIds: signatures.map(({ keyid }) => keyid),
    isSignedBy: ({ id, key }) => signatures.some(({ keyid, sig }) => keyid === id && verify(null, encoded, key, sig)),
  };
}

function parsed(text: string): Envelope {
  try {
    return envelopeSchema.parse(JSON.parse(text));
  } catch {
    throw new Error('it is no DSSE envelope of an in-toto statement');
  }
}
