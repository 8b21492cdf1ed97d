import type { DrillReport } from '../report/report.ts';
import type { RecordedRun } from './run.ts';

/**
 * Tells whoever is to be told, once all is cleaned up and the report lies in its folder. Nothing of what becomes of it changes a
 * verdict. Whoever has ended the run by Ctrl-C ends this by another one.
 */
export async function notify(
  { services, folder }: RecordedRun,
  report: DrillReport,
): Promise<DrillReport['notifications']> {
  const { notifier, signal, hurry, emit, redactor } = services;
  if (notifier === null) return [];
  folder.keepUnfinished(report);
  const notifications = redactor.data(await notifier.ended(report, folder.path, signal.aborted ? hurry : signal));
  emit({ kind: 'notified', notifications });
  return notifications;
}
