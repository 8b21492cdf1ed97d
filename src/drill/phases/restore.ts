import { together } from '../../core/together.ts';
import { WalFeed } from '../../pgbackrest/wal-feed.ts';
import { reserveOf } from '../preflight/feasibility.ts';
import { installFeed } from '../recover/recover.ts';
import { restoreBackup, restoreSummary } from '../restore/restore.ts';
import { tellProgress, type Run } from '../run.ts';
import type { Provisioned } from './provision.ts';

/** Restores the backup set; meanwhile it puts the feed in place that the server will get its WAL from, which it returns. */
export async function restore(run: Run, { station, ready }: Provisioned): Promise<WalFeed> {
  const { plan, record, services, signal } = run;
  run.room.watch(station, reserveOf(plan, ready));
  const feed = new WalFeed(station.host, station.paths);
  const restoring = restoreBackup({
    plan,
    station,
    ready,
    log: run.folder.log('pgbackrest-restore.log'),
    redact: (text) => services.redactor.text(text),
    monotonicMs: () => services.clock.monotonicMs(),
    signal,
    onProgress: (progress) => tellProgress(run, progress),
  });
  const [facts] = await together(restoring, installFeed(feed, ready));
  record.note({ restore: facts });
  record.timeline.summarize(restoreSummary(facts));
  return feed;
}
