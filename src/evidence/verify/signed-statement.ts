import { openEnvelope } from '../dsse.ts';
import { parseStatement, type Statement } from '../statements/statement.ts';
import { textOf } from './read-file.ts';
import type { Trust } from './trust.ts';

/** A statement that a trusted key has signed. */
export interface SignedStatement {
  readonly statement: Statement;
  readonly keyId: string;
}

/** Reads a statement that one trusted key has signed. Throws an Error that says what is wrong. */
export function signedStatement(path: string, { keys }: Pick<Trust, 'keys'>): SignedStatement {
  const envelope = openEnvelope(textOf(path));
  const [keyId = '', ...more] = envelope.keyIds;
  if (more.length > 0) throw new Error('it has more than one signature');
  const key = keys.get(keyId);
  if (key === undefined)
    throw new Error(
      `it is signed with the key ${keyId}, which is not one of those that are trusted; if you trust it, name its public key with --key, or with --reviewer that of somebody who signs runs off`,
    );
  if (!envelope.isSignedBy(key)) throw new Error('its signature does not hold: it was changed');
  return { statement: parseStatement(envelope.body), keyId };
}
