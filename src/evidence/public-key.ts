import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { DrillError } from '../core/errors.ts';

/** The public half of a key, and the id that everything names it by. */
export interface PublicKey {
  /** SHA-256 of its SPKI in DER, in hexadecimal digits. */
  readonly id: string;
  readonly key: KeyObject;
}

/** A key as it is named everywhere. Throws `key-unusable` for any but Ed25519: nothing else is accepted anywhere. */
export function publicKeyOf(key: KeyObject, from: string): PublicKey {
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new DrillError('key-unusable', `${from} is of the kind ${key.asymmetricKeyType ?? key.type}, not Ed25519`, {
      hint: 'make a key with: drill evidence keygen',
    });
  }
  const spki = key.export({ type: 'spki', format: 'der' });
  return { id: createHash('sha256').update(spki).digest('hex'), key };
}

/** Reads a public key in PEM. Throws `key-unusable` for anything else, a private key above all. */
export function parsePublicKey(pem: string, from: string): PublicKey {
  if (!pem.includes('-----BEGIN PUBLIC KEY-----')) throw noPublicKey(from);
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (error) {
    throw noPublicKey(from, error);
  }
  return publicKeyOf(key, from);
}

function noPublicKey(from: string, cause?: unknown): DrillError {
  return new DrillError('key-unusable', `${from} is no public key in PEM`, {
    hint: 'name the file that ends with .pub',
    cause,
  });
}

/** A public key as it stands in a file. */
export function publicKeyPem({ key }: PublicKey): string {
  return key.export({ type: 'spki', format: 'pem' }) as string;
}
