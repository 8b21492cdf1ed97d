import type { Beats } from '../../checks/beats.ts';
import { formatInstant, instantOf, millisecondsBetween, parseInstant } from '../../core/instant.ts';
import type { BackupSet } from '../../pgbackrest/info.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import type { DrillReport } from '../../report/report.ts';
import type { Preflight } from '../preflight/preflight.ts';
import { PHASES } from '../phase-list.ts';
import { plannedKindOf } from '../../targets/index.ts';
import type { Timeline } from '../timeline.ts';

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

/** Of a recovery through several targets: on its way it was held and asked, so that its time is not that of a recovery to one. */
export function noRto(timeline: Timeline): Rto {
  return measureRto(timeline, false, null);
}

/** The moments that an RPO is counted from. */
interface Moments {
  readonly startedAt: Date;
  /** The disaster that the drill plays: the first instant of provision, right after the archive was listed. */
  readonly disasterAt: Date | null;
  /** What the heartbeat of the plan shows; null: it has none. */
  readonly beats: Beats | null;
}

/**
 * RPO. At the end of the archive: the disaster minus the last replayed commit. Where production was idle that is an upper
 * bound; the age of the newest archived WAL is given beside it, but is no bound itself, since archiving may lag. A heartbeat
 * that ran until there shows that production was not idle: what it committed after that is what is lost. For a chosen target there is none: nothing is lost against what was asked for, and nobody chooses a disaster.
 */
export function measureRpo(
  plan: DrillPlan,
  ready: Preflight | null,
  recovery: DrillReport['recovery'],
  { startedAt, disasterAt, beats }: Moments,
): Rpo {
  const objectiveMs = plan.objectives.rpoMs;
  const newestAt = ready?.archive.newestAt ?? null;
  const archiveAgeMs = newestAt === null ? null : ageMs(newestAt, startedAt);
  const { goesToTheEnd, reachedBy } = plannedKindOf(ready?.target ?? plan.target);
  const reached = recovery?.reached === true;
  if (!goesToTheEnd) {
    const method = reached ? reachedBy : null;
    return { ...NO_RPO, method, applies: false, reason: CHOSEN_TARGET, objectiveMs, archiveAgeMs };
  }
  const value =
    reached && disasterAt !== null ? rpoAtEnd(recovery, ready?.backup ?? null, { disasterAt, beats }) : NO_RPO;
  return { ...value, applies: true, objectiveMs, met: met(value.measuredMs, objectiveMs), archiveAgeMs };
}

type Value = Pick<Rpo, 'measuredMs' | 'method' | 'upperBound' | 'reason' | 'met'>;

const NO_RPO: Value = { measuredMs: null, method: null, upperBound: false, reason: null, met: null };

const CHOSEN_TARGET =
  'an RPO is measured by a drill to the end of the archive (target latest or standby); this one stopped at a target that was chosen before it';

/** Clocks that are kept by NTP differ by less. */
const CLOCKS_DIFFER_MS = 1000;

function rpoAtEnd(
  recovery: NonNullable<DrillReport['recovery']>,
  backup: BackupSet | null,
  { disasterAt, beats }: { readonly disasterAt: Date; readonly beats: Beats | null },
): Value {
  // Nothing was committed from before an offline backup began until it had ended.
  if (backup?.walStart === null) {
    const measuredMs = ageMs(backup.stoppedAt, disasterAt);
    return measuredMs === null
      ? { ...NO_RPO, reason: 'the backup is dated after the run began: a clock is wrong' }
      : { ...NO_RPO, measuredMs, method: 'backup-stop', upperBound: true };
  }
  // Without a commit on the way the last beat is in the backup itself.
  const ran = beats?.ran === true;
  const last = recovery.lastCommitAt === null ? (ran ? beats.lastAt : null) : parseInstant(recovery.lastCommitAt);
  if (last === null) return { ...NO_RPO, reason: 'no commit was replayed' };
  const lostMs = millisecondsBetween(last, instantOf(disasterAt));
  if (lostMs < -CLOCKS_DIFFER_MS) {
    return {
      ...NO_RPO,
      reason: `the last commit is dated ${formatInstant(last)}, after ${disasterAt.toISOString()}, when the archive had been listed: the clock of production, or that of this machine, is wrong`,
    };
  }
  const method = ran ? 'heartbeat' : 'last-replayed-commit';
  return { ...NO_RPO, measuredMs: Math.max(0, lostMs), method, upperBound: !ran };
}

/** Whole seconds, clocks that are set by hand: what lies this far ahead is still of now. */
const AHEAD_MS = 60_000;

/** How old something was at a moment; null when it is dated after it, since then a clock is wrong and nobody knows. */
export function ageMs(of: Date, at: Date): number | null {
  const age = at.getTime() - of.getTime();
  return age < -AHEAD_MS ? null : Math.max(0, age);
}

/** How old the newest backup was when the run began. */
export function measureBackupAge(plan: DrillPlan, ready: Preflight | null, startedAt: Date): DrillReport['backupAge'] {
  const objectiveMs = plan.objectives.backupAgeMs;
  const measuredMs = ready === null ? null : ageMs(ready.newestBackup.stoppedAt, startedAt);
  return { measuredMs, objectiveMs, met: met(measuredMs, objectiveMs) };
}

function met(measuredMs: number | null, objectiveMs: number | null): boolean | null {
  return measuredMs === null || objectiveMs === null ? null : measuredMs <= objectiveMs;
}
