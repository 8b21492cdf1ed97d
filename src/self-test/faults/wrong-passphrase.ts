import { randomBytes } from 'node:crypto';
import type { Fault } from '../fault.ts';

/** Variables win over the files of the configuration, so that these stay as they are. */
export const wrongPassphrase: Fault = {
  does: 'the repository is opened with another passphrase',
  changesRepository: false,
  codes: ['cipher-passphrase-wrong'],
  blames: 'pgdrill',
  make: ({ control }) => {
    const { repo } = control.source;
    if (repo === null) return { cannot: 'the healthy copy does not say which repository it came from' };
    return {
      env: {
        [`PGBACKREST_REPO${repo.key}_CIPHER_TYPE`]: 'aes-256-cbc',
        [`PGBACKREST_REPO${repo.key}_CIPHER_PASS`]: randomBytes(32).toString('base64url'),
      },
    };
  },
};
