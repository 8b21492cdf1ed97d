import type { BackupSet } from './info.ts';
import type { PgBackRest } from './pgbackrest.ts';

/**
 * Whether the pages of a backup set, and of those that it builds on, were compared with their checksums when they were
 * taken; null: not to be learned. `info` tells of errors alone, and has `error: false` where nobody looked (2.45); that is
 * in backup.info: `20261128-114130F={…,"option-checksum-page":false,…}`.
 */
export async function pagesChecked(
  pgbackrest: PgBackRest,
  { repo, label, reference }: BackupSet,
  signal: AbortSignal,
): Promise<boolean | null> {
  const path = `backup/${pgbackrest.stanza}/backup.info`;
  const text = await pgbackrest.read('repo-get', [`--repo=${repo}`], [path], { signal }).catch(() => '');
  return pagesCheckedIn(text, [label, ...reference]);
}

/** The same, from the text of backup.info. */
export function pagesCheckedIn(backupInfo: string, labels: readonly string[]): boolean | null {
  const told = labels.map((label) => {
    const line = backupInfo.split('\n').find((item) => item.startsWith(`${label}={`));
    return /"option-checksum-page":(true|false)/.exec(line ?? '')?.[1] ?? null;
  });
  if (told.includes('false')) return false;
  return told.every((word) => word === 'true') ? true : null;
}
