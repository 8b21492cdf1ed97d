import { generateKeyPairSync } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { DrillError, errorCode, messageOf } from '../core/errors.ts';
import { publicKeyOf, publicKeyPem, type PublicKey } from './public-key.ts';

/** A key that was made, and the files of its halves. */
export interface MadeKey {
  readonly file: string;
  readonly publicFile: string;
  readonly publicKey: PublicKey;
}

/**
 * Makes a key: the private half (PKCS#8, PEM) in a file of its owner's alone, the public one beside it. Never writes over
 * anything: a key that is lost cannot sign any more.
 */
export function makeKey(file: string): MadeKey {
  const pair = generateKeyPairSync('ed25519');
  const publicKey = publicKeyOf(pair.publicKey, file);
  const publicFile = `${file}.pub`;
  const taken = [file, publicFile].find((path) => existsSync(path));
  if (taken !== undefined) {
    throw new DrillError('key-unusable', `${taken} is there already; a key is never written over`, {
      hint: 'name another file with --output',
    });
  }
  try {
    const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    writeFileSync(file, pem, { mode: 0o600, flag: 'wx', flush: true });
    writeFileSync(publicFile, publicKeyPem(publicKey), { mode: 0o644, flag: 'wx' });
  } catch (error) {
    // Half a key would stand in the way of the next one. What was there before is no file of ours.
    if (errorCode(error) !== 'EEXIST') for (const path of [file, publicFile]) rmSync(path, { force: true });
    throw new DrillError('key-unusable', `the key cannot be written: ${messageOf(error)}`, { cause: error });
  }
  return { file, publicFile, publicKey };
}
