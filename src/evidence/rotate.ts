import { join } from 'node:path';
import { makeWithParents } from '../core/directories.ts';
import { DrillError } from '../core/errors.ts';
import { Ledger } from '../store/ledger/ledger.ts';
import { replaceFile } from '../store/replace-file.ts';
import { openEnvelope } from './dsse.ts';
import { keyFileName, KEYS_DIRECTORY, rotationFileName } from './keys-directory.ts';
import { publicKeyPem } from './public-key.ts';
import type { Signer } from './signer.ts';
import { keyRotation, readRotation } from './statements/key-rotation.ts';
import { parseStatement, signStatement } from './statements/statement.ts';
import { isThere, textOf } from './verify/read-file.ts';

/**
 * Puts a new key in the place of an old one: a statement that both sign, beside the reports, with both public keys. Whoever
 * trusts one of them trusts the other one from then on. Gives the path of the statement.
 */
export async function rotate(reports: string, old: Signer, fresh: Signer, now = new Date()): Promise<string> {
  if (old.keyId === fresh.keyId) throw new DrillError('key-unusable', 'the new key is the old one');
  new Ledger(reports).requireOwn();
  const text = await signStatement(keyRotation(old.publicKey, fresh.publicKey, now), [old, fresh]);
  const directory = join(reports, KEYS_DIRECTORY);
  const name = rotationFileName(fresh.keyId);
  refuseSecond(join(directory, name), old);
  makeWithParents(directory, 0o700);
  for (const { publicKey } of [old, fresh]) replaceFile(directory, keyFileName(publicKey.id), publicKeyPem(publicKey));
  replaceFile(directory, name, text);
  return join(directory, name);
}

/** There is one statement over a new key: another one in its place would take the trust from what the first old key has signed. */
function refuseSecond(file: string, old: Signer): void {
  if (!isThere(file) || predecessorIn(file) === old.keyId) return;
  throw new DrillError('key-unusable', `the new key has taken the place of another one already: ${file}`, {
    hint: 'make a key of its own for it with: drill evidence keygen',
  });
}

function predecessorIn(file: string): string | null {
  try {
    return readRotation(parseStatement(openEnvelope(textOf(file)).body)).from;
  } catch {
    return null;
  }
}
