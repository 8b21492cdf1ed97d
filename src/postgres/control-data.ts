import { DrillError } from '../core/errors.ts';
import type { Host } from '../host/host.ts';
import type { PostgresBinaries } from './binaries.ts';

/** What pg_control says of a data directory. */
export interface ControlData {
  readonly systemId: string;
  readonly state: string;
  /** The time of the latest checkpoint; null: not understood. */
  readonly checkpointAt: Date | null;
  readonly timeline: number;
  /** The segment in which recovery after a crash would begin. */
  readonly redoSegment: string;
  /** The oldest transaction whose fate anything still asks for; 0: not told. */
  readonly oldestXid: number;
  /** The size of a WAL segment; 0: not told. */
  readonly segmentBytes: number;
  /** Settings that a hot standby must not have lower than production had. */
  readonly standbyMinimums: ReadonlyMap<string, number>;
}

const STANDBY_SETTINGS: Readonly<Record<string, string>> = {
  max_connections: 'max_connections setting',
  max_worker_processes: 'max_worker_processes setting',
  max_wal_senders: 'max_wal_senders setting',
  max_prepared_transactions: 'max_prepared_xacts setting',
  max_locks_per_transaction: 'max_locks_per_xact setting',
};

/** Runs pg_controldata on a data directory. */
export async function readControlData(
  host: Host,
  binaries: PostgresBinaries,
  dataDirectory: string,
): Promise<ControlData> {
  const result = await host.run([`${binaries.directory}/pg_controldata`, '-D', dataDirectory], {
    env: { LC_ALL: 'C', TZ: 'UTC' },
    reads: [`${dataDirectory}/global/pg_control`],
  });
  if (result.exitCode !== 0) {
    throw new DrillError('restore-failed', `the restored cluster has no readable pg_control: ${result.stderr.trim()}`);
  }
  return parseControlData(result.stdout);
}

/** A primary, running or crashed, and one that was shut down as one (12 to 18). */
const PRIMARY_STATES = ['in production', 'shut down', 'shutting down'];

/** Whether the cluster is, or was, a primary. */
export function isPrimary({ state }: Pick<ControlData, 'state'>): boolean {
  return PRIMARY_STATES.includes(state);
}

/** Whether the cluster is a primary that was shut down in order. */
export function wasShutDown({ state }: Pick<ControlData, 'state'>): boolean {
  return state === 'shut down';
}

/** Reads the output of pg_controldata in the C locale and in UTC. */
export function parseControlData(text: string): ControlData {
  const values = new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const colon = line.indexOf(':');
      return colon > 0 ? [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()]] : [];
    }),
  );
  const minimums = Object.entries(STANDBY_SETTINGS).flatMap(([setting, label]): [string, number][] => {
    const value = Number(values.get(label));
    return Number.isInteger(value) && values.has(label) ? [[setting, value]] : [];
  });
  return {
    systemId: values.get('Database system identifier') ?? '',
    state: values.get('Database cluster state') ?? '',
    checkpointAt: momentOf(values.get('Time of latest checkpoint')),
    timeline: Number(values.get("Latest checkpoint's TimeLineID") ?? 0),
    redoSegment: values.get("Latest checkpoint's REDO WAL file") ?? '',
    oldestXid: Number(values.get("Latest checkpoint's oldestXID") ?? 0),
    segmentBytes: Number(values.get('Bytes per WAL segment') ?? 0),
    standbyMinimums: new Map(minimums),
  };
}

/** `Sat Nov 28 11:20:51 2026`. */
function momentOf(text: string | undefined): Date | null {
  const at = new Date(`${text ?? ''} UTC`);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** Whether a server stopped with a checkpoint that wrote every page (pg_controldata 12 to 18). */
export function isCleanlyStopped({ state }: Pick<ControlData, 'state'>): boolean {
  return state === 'shut down' || state === 'shut down in recovery';
}
