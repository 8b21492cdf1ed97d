import type { DrillReport } from '../report/report.ts';
import type { Measured } from './forecast.ts';

/** Settings that replay takes half as long or twice as long by (PostgreSQL 15), and that drills do not have by themselves. */
const BEARS_ON_REPLAY = ['shared_buffers', 'max_wal_size', 'checkpoint_timeout', 'recovery_prefetch'];

/**
 * What a report holds for a forecast; null: nothing, since the run did not pass, stopped before the end, or built on data that
 * were there, so that its restore is none of a total loss.
 */
export function measuredOf(report: DrillReport): Measured | null {
  const { runId, startedAt, verdict, restore, recovery, rto, phases } = report;
  const walBytes = recovery?.walBytes ?? null;
  if (verdict !== 'passed' || rto.measuredMs === null || restore?.start !== 'empty') return null;
  const took = (id: string): number | null => phases.find((phase) => phase.id === id)?.durationMs ?? null;
  const [restoreMs, recoverMs] = [took('restore'), took('recover')];
  if (restoreMs === null || recoverMs === null) return null;
  if (restore.bytesTotal === null || walBytes === null) return null;
  return {
    runId,
    at: Date.parse(startedAt),
    restoredBytes: restore.bytesTotal,
    walBytes,
    provisionMs: took('provision') ?? 0,
    restoreMs,
    recoverMs,
    conditions: conditionsOf(report),
  };
}

function conditionsOf({ sandbox, recovery }: DrillReport): string {
  return `${circumstancesOf(sandbox)}${recovery?.walFetch === 'ahead' ? ', WAL fetched ahead' : ''}`;
}

/** All that the times of a run depend on beside the sizes and the way in which its WAL was fetched, in words. */
export function circumstancesOf({ kind, host, versions, processMax, settings }: DrillReport['sandbox']): string {
  const major = /^\d+/.exec(versions.postgres ?? '')?.[0];
  const words = [
    `${kind} sandbox`,
    ...(host?.cpus ? [`${host.cpus} processors`] : []),
    ...(processMax === null ? [] : [`process-max ${processMax}`]),
    ...(major === undefined ? [] : [`PostgreSQL ${major}`]),
    ...settings.flatMap(({ name, drill }) => (BEARS_ON_REPLAY.includes(name) ? [`${name} ${drill}`] : [])),
  ];
  return words.join(', ');
}
