import { DrillError } from '../../core/errors.ts';
import type { BackupSet } from '../../pgbackrest/info.ts';
import type { PgBackRest } from '../../pgbackrest/pgbackrest.ts';
import { missingOfSet, WHO_REMOVED_IT } from '../../pgbackrest/repository-files.ts';

/** Why a backup set cannot be restored though backup.info lists it: it, or a set that it builds on, is gone. */
export async function missingBackupFiles(
  pgbackrest: PgBackRest,
  backup: BackupSet,
  signal: AbortSignal,
): Promise<DrillError | null> {
  const missing = await missingOfSet(pgbackrest, backup, signal);
  if (missing.length === 0) return null;
  const what = missing.join(', ');
  return new DrillError(
    'backup-file-missing',
    `backup.info lists the backup set ${backup.label}, but the repository does not hold ${what}`,
    { hint: WHO_REMOVED_IT },
  );
}
