import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { DrillError } from '../core/errors.ts';
import { publicKeyOf } from './public-key.ts';
import type { Signer, SignerServices } from './signer.ts';

/** A signer with a private key in PEM (PKCS#8), which the redactor learns. Throws `key-unusable` for anything else. */
export function signerWith(pem: string, from: string, { redactor }: Pick<SignerServices, 'redactor'>): Signer {
  for (const line of pem.split(/\r?\n/)) if (!line.startsWith('-----')) redactor.add(line.trim());
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // Its message may quote the text.
    throw new DrillError('key-unusable', `${from} is no private key in PEM (PKCS#8, without a passphrase)`, {
      hint: 'make a key with: drill evidence keygen',
    });
  }
  const publicKey = publicKeyOf(createPublicKey(key), from);
  return { keyId: publicKey.id, publicKey, sign: (bytes) => Promise.resolve(sign(null, bytes, key)) };
}
