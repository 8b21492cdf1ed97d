import { z } from 'zod';
import { digestOfText } from '../../store/digest.ts';
import { keyFileName } from '../keys-directory.ts';
import { parsePublicKey, publicKeyPem, type PublicKey } from '../public-key.ts';
import { statementOver, type Statement } from './statement.ts';

/** The claim that a key takes the place of another one. Both sign it, so that whoever trusts one of them trusts both. */
const KEY_ROTATION = 'urn:pgdrill:attestation:key-rotation:v1';

const rotationSchema = z.strictObject({
  from: z.string(),
  to: z.string(),
  publicKey: z.string(),
  at: z.iso.datetime(),
});

/** The statement over the public half of a new key. */
export function keyRotation(from: PublicKey, to: PublicKey, at: Date): Statement {
  const publicKey = publicKeyPem(to);
  return statementOver({ [keyFileName(to.id)]: digestOfText(publicKey) }, KEY_ROTATION, {
    from: from.id,
    to: to.id,
    publicKey,
    at: at.toISOString(),
  });
}

/** Which key takes the place of which, by a statement. Throws for a statement of another kind. */
export function readRotation({ predicateType, predicate }: Statement): {
  readonly from: string;
  readonly to: PublicKey;
} {
  if (predicateType !== KEY_ROTATION) throw new Error('it is no statement about a new key');
  const { from, to, publicKey } = rotationSchema.parse(predicate);
  const key = parsePublicKey(publicKey, 'its key');
  if (key.id !== to) throw new Error('it names another key than it holds');
  return { from, to: key };
}
