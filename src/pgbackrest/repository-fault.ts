import { DrillError } from '../core/errors.ts';
import { REFUSED } from './failure.ts';
import { isUnreadable, type StanzaInfo } from './info.ts';
import type { PgBackRest } from './pgbackrest.ts';
import { opensAnywhere, stanzaRemains, WHO_REMOVED_IT } from './repository-files.ts';
import { shortened } from '../core/shortened.ts';

type RepositoryStatus = StanzaInfo['repos'][number];

/** Why a repository gives no backup of the stanza. `pgbackrest` is configured for it. */
export async function whyNoBackup(
  repository: RepositoryStatus,
  pgbackrest: PgBackRest,
  signal: AbortSignal,
): Promise<DrillError> {
  if (isUnreadable(repository)) return whyUnreadable(repository, pgbackrest, signal);
  const { key } = repository;
  const { stanza } = pgbackrest;
  const { lost, sets, isAnything } = await stanzaRemains(pgbackrest, key, signal);
  if (!isAnything) {
    return new DrillError('stanza-not-found', `repository ${key} holds no stanza "${stanza}"`, {
      hint: `look at repo${key}-path and at the name of the stanza; pgbackrest info without --stanza lists those that it holds`,
    });
  }
  if (lost.length > 0) {
    const left =
      sets.length === 0 ? 'no backup set is left' : `the backup sets ${sets.slice(-3).join(', ')} are still there`;
    return new DrillError(
      'repo-files-missing',
      `repository ${key} has lost ${lost.join(' and ')}, with the copy: nothing in the repository can be restored; ${left}`,
      { hint: WHO_REMOVED_IT },
    );
  }
  return new DrillError('backup-set-not-found', `repository ${key} holds no backup of the stanza "${stanza}"`, {
    hint: 'take a full backup',
  });
}

/**
 * pgBackRest has the same words for a wrong passphrase and for damage: what it read is not what it expected. Whether
 * another file opens tells them apart.
 */
export async function whyUnreadable(
  repository: RepositoryStatus,
  pgbackrest: PgBackRest,
  signal: AbortSignal,
): Promise<DrillError> {
  const { key, message } = repository;
  const reason = unreadableRepository(repository);
  if (reason.code !== 'cipher-passphrase-wrong' || !(await opensAnywhere(pgbackrest, key, signal))) return reason;
  const [, file = 'a file that leads through it'] = /unable to load info file '([^']+)'/.exec(message) ?? [];
  return new DrillError(
    'repo-unreadable',
    `repository ${key} is damaged: ${file} and its copy are not what pgBackRest wrote: ${plainText(message)}`,
    { hint: 'get the file back from a copy of the repository; the backup sets cannot be read without it' },
  );
}

/**
 * A message for a person: without the headers of HTTP, before which the service's own words would not be seen, and
 * without the signature of a token, which pgBackRest quotes (2.45).
 */
function plainText(message: string): string {
  const plain = message
    .replace(/\*\*\* Request Headers \*\*\*:[\s\S]*?(?=\*\*\* Response Content|$)/, '')
    .replace(/\bsig=[^&'\s]+/g, 'sig=[redacted]')
    .replace(/[^\x20-\x7e]+/g, ' ');
  return shortened(plain, 400);
}

/** `info` exits with 0 and puts the reason into the status of the repository. */
function unreadableRepository({ key, message }: { key: number; message: string }): DrillError {
  const plain = plainText(message);
  // Before the passphrase, since a token that pgBackRest cannot read is a FormatError as well.
  if (REFUSED.test(message)) {
    return new DrillError(
      'repo-permission-denied',
      `repository ${key} refuses the credentials of the drill: ${plain}`,
      {
        hint: 'compare them with those of the production server; a drill needs to list and to read, and nothing more',
      },
    );
  }
  const wrongPass = /CryptoError|cipher|FormatError|Salted/.test(message);
  if (wrongPass && !/certificate/.test(message)) {
    return new DrillError('cipher-passphrase-wrong', `repository ${key} does not open with this passphrase`, {
      hint: 'compare repoN-cipher-type and repoN-cipher-pass with those of the production server',
    });
  }
  if (/for greeting key 'version'/.test(message)) {
    return new DrillError(
      'version-unsupported',
      `the host of repository ${key} has another version of pgBackRest: ${plain}`,
      {
        hint: 'the drill needs the same version as the repository host',
      },
    );
  }
  const lost = /unable to load info file '([^']+)' or '([^']+)':.*?FileMissingError/s.exec(message);
  if (lost && !/HTTP request failed/.test(message)) {
    return new DrillError(
      'repo-files-missing',
      `repository ${key} has lost ${lost[1] ?? '?'} and its copy: nothing in the repository can be read`,
      { hint: WHO_REMOVED_IT },
    );
  }
  if (/Permission denied/.test(message)) {
    return new DrillError('repo-permission-denied', `the user of the drill may not read repository ${key}: ${plain}`, {
      hint: 'run the drill as the owner of the repository, or let its group read it',
    });
  }
  return new DrillError('repo-unreadable', `repository ${key} cannot be read: ${plain}`, {
    hint: 'try pgbackrest info with the same configuration on this machine',
  });
}
