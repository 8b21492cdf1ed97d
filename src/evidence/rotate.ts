import { join } from 'node:path';
import { makeWithParents } from '../core/directories.ts';
import { DrillError } from '../core/errors.ts';
import { Ledger } from '../store/ledger/ledger.ts';
import { replaceFile } from '../store/replace-file.ts';
import { keyFileName, KEYS_DIRECTORY, rotationFileName } from './keys-directory.ts';
import { publicKeyPem } from './public-key.ts';
import type { Signer } from './signer.ts';
import { keyRotation } from './statements/key-rotation.ts';
import { signStatement } from './statements/statement.ts';

/**
 * Puts a new key in the place of an old one: a statement that both sign, beside the reports, with both public keys. Whoever
 * trusts one of them trusts the other one from then on. Gives the path of the statement.
 */
export async function rotate(reports: string, old: Signer, fresh: Signer, now = new Date()): Promise<string> {
  if (old.keyId === fresh.keyId) throw new DrillError('key-unusable', 'the new key is the old one');
  new Ledger(reports).requireOwn();
  const text = await signStatement(keyRotation(old.publicKey, fresh.publicKey, now), [old, fresh]);
  const directory = join(reports, KEYS_DIRECTORY);
  makeWithParents(directory, 0o700);
  for (const { publicKey } of [old, fresh]) replaceFile(directory, keyFileName(publicKey.id), publicKeyPem(publicKey));
  const name = rotationFileName(fresh.keyId);
  replaceFile(directory, name, text);
  return join(directory, name);
}
