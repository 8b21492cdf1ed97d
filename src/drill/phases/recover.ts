import type { WalFeed } from '../../pgbackrest/wal-feed.ts';
import type { ReasonReport } from '../../report/report.ts';
import { describeRecovery, recoverySummary } from '../judge/describe-recovery.ts';
import { proveWal } from '../recover/prove-wal.ts';
import { recoverCluster } from '../recover/recover.ts';
import type { Recovered } from '../recover/recovered.ts';
import { tellProgress, type Run } from '../run.ts';
import { undoingOf } from '../recover/after-recovery.ts';
import { provenStands } from '../ladder/describe-rung.ts';
import { ladderClimb } from '../ladder/climb.ts';
import type { Foreseen } from './preflight.ts';
import type { Provisioned } from './provision.ts';

/** What was found, and where. */
type Found = Provisioned & Pick<Foreseen, 'rungs' | 'historiesBefore'>;

/** Recovers the cluster. It ends when the target is proven: that the server accepts connections proves nothing. */
export async function recover(run: Run, copy: Found, feed: WalFeed): Promise<Recovered> {
  const { station, ready } = copy;
  const { plan, record, services, signal } = run;
  const recovered = await recoverCluster({
    plan,
    config: record.config,
    runId: record.runId,
    station,
    ready,
    feed,
    keepInstance: run.keepInstance,
    climb: ladderClimb(run, copy, feed),
    now: () => services.clock.now(),
    signal,
    onProgress: (progress) => tellProgress(run, progress),
    ...undoingOf(run, station),
  });
  record.note({ recovered, endpoint: recovered.sessions.endpoint });
  record.reasons.push(...refusedSettings(recovered), ...(await proveWal({ feed, ready, recovered, signal })));
  const rungs = provenStands(record, ready.archive.segmentBytes);
  const recovery = describeRecovery({ ...recovered, rungs, journal: await feed.settledJournal() }, ready);
  record.note({ recovery: { ...recovery, walFetch: plan.restore.walFetch, otherWalFetch: null } });
  record.timeline.summarize(recoverySummary(recovery));
  return recovered;
}

/** The copy starts with the settings of the drill; a real recovery would start with those of the backup. */
function refusedSettings({ refusedSettings: words }: Recovered): ReasonReport[] {
  if (words === null) return [];
  return [
    {
      code: 'settings-refused',
      message: `PostgreSQL here does not take postgresql.auto.conf of the backup, with which a real recovery would start: ${words}`,
      phase: 'recover',
      hint: 'set it right in production with ALTER SYSTEM, and take a backup; in a recovery, take the line out',
    },
  ];
}
