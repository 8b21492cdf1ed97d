import { readSecretFile } from '../../core/secret-file.ts';
import { signerWith } from '../private-key.ts';
import type { Signer, SignerServices } from '../signer.ts';

/** The key is in a file. */
export interface KeyFile {
  readonly by: 'file';
  readonly path: string;
}

/** Throws `key-unusable` for a file that others can read, or that belongs to somebody else: the key is no secret then. */
export function open({ path }: KeyFile, services: SignerServices): Signer {
  const text = readSecretFile(path, {
    what: 'the key',
    code: 'key-unusable',
    forbidden: 0o077,
    ofRoot: false,
    hints: {
      unread: 'make a key with: drill evidence keygen',
      open: `if nobody has read it: chmod 600 ${path}; else make a new key with: drill evidence rotate`,
    },
  });
  return signerWith(text, path, services);
}
