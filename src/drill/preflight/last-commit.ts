import type { BackupSet } from '../../pgbackrest/info.ts';
import type { PgBackRest } from '../../pgbackrest/pgbackrest.ts';
import type { PostgresBinaries } from '../../postgres/binaries.ts';
import { atPosition, soughtSegment } from '../../targets/fallback.ts';
import type { RecoveryTarget } from '../../targets/index.ts';
import type { PreflightInput } from './survey.ts';
import { WalSearch } from './wal-search.ts';

interface Places {
  readonly pgbackrest: PgBackRest;
  readonly binaries: PostgresBinaries | null;
  readonly segmentBytes: number;
}

/** PostgreSQL gives this id to no transaction: so only what is met on the way is of interest. */
const NO_TRANSACTION = { xid: '0' };

/**
 * The target itself, or the last commit of the WAL segment that it is to end with. Where pg_waldump is not here, or finds no commit
 * in the segment, it is the first record of the segment: then no more than that segment is left out.
 */
export async function atLastCommit(
  target: RecoveryTarget,
  { sandbox, signal, onProgress }: Pick<PreflightInput, 'sandbox' | 'signal' | 'onProgress'>,
  { pgbackrest, binaries, segmentBytes }: Places,
  backup: BackupSet,
): Promise<RecoveryTarget> {
  const segment = soughtSegment(target);
  if (segment === null || binaries === null) return target;
  onProgress(`looking for the last commit in ${segment}`);
  const directory = `${sandbox.paths.spool}/search`;
  const search = new WalSearch({
    pgbackrest,
    backup,
    binaries,
    segmentBytes,
    directory,
    wanted: NO_TRANSACTION,
    signal,
  });
  await search.in(segment, null);
  await search.close();
  return search.lastCommit === null ? target : atPosition(search.lastCommit.lsn);
}
