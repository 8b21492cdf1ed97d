import { instantOf, millisecondsBetween, parseInstant } from '../core/instant.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import type { DrillReport } from '../report/report.ts';
import type { Preflight } from './preflight.ts';
import { PHASES } from './phases.ts';
import type { Timeline } from './timeline.ts';

type Rto = DrillReport['rto'];
type Rpo = DrillReport['rpo'];

/**
 * RTO: from the first instant of provision until the copy accepted connections at the proven target; `validated` until
 * the last check had ended. Both null unless really reached.
 */
export function measureRto(timeline: Timeline, reached: boolean, objectiveMs: number | null): Rto {
  const measuredMs = reached ? timeline.span('provision', 'recover') : null;
  return {
    measuredMs,
    validatedMs: reached ? timeline.span('provision', 'verify') : null,
    objectiveMs,
    met: met(measuredMs, objectiveMs),
    phases: PHASES.filter(({ countsTowardsRto }) => countsTowardsRto).map(({ id }) => ({
      id,
      durationMs: timeline.durationMs(id),
    })),
  };
}

/**
 * RPO. At the end of the archive: the run's start minus the last replayed commit. Where production was idle that is an
 * upper bound; the age of the newest archived WAL is given beside it, but is no bound itself, since archiving may lag.
 * For a point in time the loss against the target is zero once recovery is proven to have stopped there.
 */
export function measureRpo(
  plan: DrillPlan,
  ready: Preflight | null,
  recovery: DrillReport['recovery'],
  startedAt: Date,
): Rpo {
  const objectiveMs = plan.objectives.rpoMs;
  const newestAt = ready?.archive.newestAt ?? null;
  const archiveAgeMs = newestAt === null ? null : Math.max(0, startedAt.getTime() - newestAt.getTime());
  const value = rpoValue(ready, recovery, startedAt);
  return { ...value, objectiveMs, met: met(value.measuredMs, objectiveMs), archiveAgeMs };
}

function rpoValue(
  ready: Preflight | null,
  recovery: DrillReport['recovery'],
  startedAt: Date,
): Pick<Rpo, 'measuredMs' | 'method' | 'upperBound'> {
  const nothing = { measuredMs: null, method: null, upperBound: false };
  if (!ready || recovery?.reached !== true) return nothing;
  switch (ready.target.type) {
    case 'latest':
    case 'standby': {
      // Nothing was committed from before an offline backup began until it had ended.
      if (ready.backup.walStart === null) {
        const measuredMs = Math.max(0, startedAt.getTime() - ready.backup.stoppedAt.getTime());
        return { measuredMs, method: 'backup-stop', upperBound: true };
      }
      const last = recovery.lastCommitAt === null ? null : parseInstant(recovery.lastCommitAt);
      if (last === null) return nothing;
      const measuredMs = Math.max(0, millisecondsBetween(last, instantOf(startedAt)));
      return { measuredMs, method: 'last-replayed-commit', upperBound: true };
    }
    case 'time':
      return { measuredMs: 0, method: 'stopped-before-later-commit', upperBound: false };
    case 'lsn':
    case 'xid':
    case 'name':
      return { measuredMs: 0, method: 'target-reached', upperBound: false };
    case 'immediate':
    case 'random':
      return nothing;
  }
}

/** How old the newest backup was when the run began. */
export function measureBackupAge(plan: DrillPlan, ready: Preflight | null, startedAt: Date): DrillReport['backupAge'] {
  const objectiveMs = plan.objectives.backupAgeMs;
  const measuredMs = ready === null ? null : Math.max(0, startedAt.getTime() - ready.newestBackup.stoppedAt.getTime());
  return { measuredMs, objectiveMs, met: met(measuredMs, objectiveMs) };
}

function met(measuredMs: number | null, objectiveMs: number | null): boolean | null {
  return measuredMs === null || objectiveMs === null ? null : measuredMs <= objectiveMs;
}
