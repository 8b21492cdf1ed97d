import { DrillError } from '../core/errors.ts';
import type { BackupSet } from '../pgbackrest/info.ts';
import type { PgBackRest } from '../pgbackrest/pgbackrest.ts';
import type { RecoveryTarget } from '../plan/drill-plan.ts';
import type { PostgresBinaries } from '../postgres/binaries.ts';
import type { Lsn } from '../postgres/lsn.ts';
import { parseSegmentName } from '../postgres/wal-segment.ts';
import type { ArchiveState } from './archive-state.ts';
import { targetText } from './choose-backup.ts';
import type { PreflightInput } from './survey.ts';
import { findInWal } from './wal-search.ts';

interface Locating {
  readonly pgbackrest: PgBackRest;
  readonly binaries: PostgresBinaries | null;
  readonly backups: readonly BackupSet[];
  readonly follow: (backup: BackupSet) => Promise<ArchiveState>;
}

/** Where an xid or a restore point lies in the archived WAL; null for other kinds of target. */
export async function locateTarget(
  input: PreflightInput,
  { pgbackrest, binaries, backups, follow }: Locating,
): Promise<Lsn | null> {
  const { target } = input.plan;
  const what = target.type === 'xid' ? { xid: target.xid } : target.type === 'name' ? { name: target.name } : null;
  const oldest = backups.toSorted((a, b) => a.stoppedAt.getTime() - b.stoppedAt.getTime())[0];
  if (what === null || !oldest) return null;
  if (binaries === null) {
    throw new DrillError('postgres-missing', `${targetText(target)} is looked for with pg_waldump, which is not here`, {
      hint: "install PostgreSQL of the backup's major version on this machine, or name a time or an LSN",
    });
  }
  const { path } = await follow(oldest);
  const { paths } = input.sandbox;
  const found = await findInWal({
    pgbackrest,
    backup: oldest,
    binaries,
    segments: path.segments,
    directory: `${paths.spool}/search`,
    what,
    signal: input.signal,
    onProgress: (fraction) =>
      input.onProgress(`looking for ${targetText(target)} in the archive: ${Math.round(fraction * 100)} %`),
  });
  if (found !== null) return found;
  const [from, to] = [path.segments[0] ?? '-', path.segments.at(-1) ?? '-'];
  throw new DrillError(
    'target-not-found',
    `the archive holds no ${targetText(target)} (looked from ${from} to ${to})`,
    {
      hint: 'look at the spelling, and whether the WAL with it has been archived already',
    },
  );
}

/**
 * A random point inside the recoverable window, as an LSN: a random time might lie after the last commit of an idle
 * production, where PostgreSQL could never prove to have arrived.
 */
export async function resolveRandom(
  input: PreflightInput,
  { backups, follow }: Pick<Locating, 'backups' | 'follow'>,
): Promise<RecoveryTarget> {
  const { target } = input.plan;
  const oldest = backups.toSorted((a, b) => a.stoppedAt.getTime() - b.stoppedAt.getTime())[0];
  if (target.type !== 'random' || !oldest) return target;
  const { path, listing, segmentBytes } = await follow(oldest);
  const since = input.now.getTime() - target.withinMs;
  const inWindow = path.segments.filter(
    (name) => (listing.segments.get(name)?.[0]?.archivedAt.getTime() ?? 0) >= since,
  );
  const candidates = inWindow.filter((name) => oldest.walStop === null || name > oldest.walStop);
  const segment = candidates[Math.floor(input.random() * candidates.length)];
  if (segment === undefined) {
    throw new DrillError(
      'target-not-found',
      'no WAL after the first backup was archived inside the window of the random target',
      {
        hint: 'widen it with target.random.within',
      },
    );
  }
  const number = parseSegmentName(segment, segmentBytes)?.number ?? 0n;
  // The first record that begins in the segment: a later position may lie behind the last record of a switched segment.
  return { type: 'lsn', lsn: number * BigInt(segmentBytes) };
}
