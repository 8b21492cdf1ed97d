import { DrillError } from '../../core/errors.ts';
import { wasShutDown } from '../../postgres/control-data.ts';
import type { Recovered } from '../recover/recovered.ts';

/**
 * Why a backup that was taken of a cluster that was shut down is all there: pg_control said so before the start, and nothing
 * was replayed. Throws `target-unproven` otherwise: a cluster that crashed may have been copied with --force.
 */
export function proveShutDown({ restored, journal, log }: Pick<Recovered, 'restored' | 'journal' | 'log'>): string {
  const { state, checkpointAt } = restored;
  if (!wasShutDown(restored) || journal.delivered.size > 0 || log.facts.redoStartedAt !== null) {
    throw new DrillError(
      'target-unproven',
      `the backup was taken offline, but its pg_control says "${state}", so WAL that it may need was not looked at`,
      { hint: 'take a backup of the running cluster, or of one that was shut down in order' },
    );
  }
  const at = checkpointAt === null ? '' : ` at ${checkpointAt.toISOString()}`;
  return `pg_control of the backup says that the cluster was shut down${at}: there was nothing to replay`;
}
