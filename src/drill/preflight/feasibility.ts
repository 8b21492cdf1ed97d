import { formatBytes, parseBytes } from '../../core/bytes.ts';
import { DrillError } from '../../core/errors.ts';
import type { BackupSet } from '../../pgbackrest/info.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import type { RecoveryTarget } from '../../targets/index.ts';
import type { ArchiveState } from './archive-state.ts';
import { kindOf } from '../../targets/index.ts';
import type { Preflight } from './preflight.ts';

/** Throws a DrillError when it is certain already that the drill cannot succeed: bad pages, WAL, target or room. */
export function requireFeasible(plan: DrillPlan, ready: Preflight): void {
  const { archive, backup, archiveFault, target } = ready;
  refuseBadPages(backup);
  if (archiveFault) throw archiveFault;
  refuseUnreachable(target, archive);
  requireRoom(plan, ready);
}

function refuseBadPages(backup: BackupSet): void {
  if (backup.pageErrors !== true) return;
  throw new DrillError(
    'backup-page-errors',
    `the backup set ${backup.label} was taken of pages with wrong checksums, as pgBackRest noticed then`,
    {
      hint: 'pgbackrest info --set names the files; repair production, or drill an older set with --backup',
    },
  );
}

function refuseUnreachable(target: RecoveryTarget, { path, ...archive }: ArchiveState): void {
  const last = path.segments.at(-1);
  const error = last === undefined ? null : kindOf(target).unreachable({ ...archive, last });
  if (error) throw error;
}

/** Throws a DrillError when the scratch file system is known to have too little room. */
export function requireRoom(plan: DrillPlan, ready: Preflight): void {
  const { neededBytes, freeBytes } = ready;
  const reserve = reserveOf(plan, ready);
  if (freeBytes === null || freeBytes >= neededBytes + reserve) return;
  throw new DrillError(
    'disk-full',
    `the scratch file system has ${formatBytes(freeBytes)} free; the restored cluster with its WAL takes about ${formatBytes(neededBytes)}, and ${formatBytes(reserve)} must stay free`,
    { hint: 'free room, or name a scratch directory on a larger file system with --scratch' },
  );
}

/** What is to stay free on the scratch file system, in bytes. */
export function reserveOf(
  { sandbox: { reserve } }: DrillPlan,
  { neededBytes }: Pick<Preflight, 'neededBytes'>,
): number {
  if (typeof reserve === 'number') return reserve;
  const share = /^(\d+(?:\.\d+)?)\s*%$/.exec(reserve.trim());
  return share ? Math.round((Number(share[1]) / 100) * neededBytes) : (parseBytes(reserve) ?? 0);
}
