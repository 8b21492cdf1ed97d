import { join } from 'node:path';
import type { Host } from '../../host/host.ts';
import type { PostgresBinaries } from '../../postgres/binaries.ts';
import { historyFile } from '../../pgbackrest/histories.ts';
import { isPrimary, readControlData, type ControlData } from '../../postgres/control-data.ts';
import { parseSegmentName, segmentName } from '../../postgres/wal-segment.ts';
import type { OtherCluster } from './other-cluster.ts';

/** A data directory of this machine, and what its pg_control says. */
export interface ClusterHere {
  readonly path: string;
  readonly control: ControlData;
}

/** The clusters in the given directories; a directory that holds no cluster, or may not be read, is left out. */
export async function clustersHere(
  host: Host,
  binaries: PostgresBinaries,
  directories: readonly string[],
): Promise<ClusterHere[]> {
  const looked = directories.map((path) =>
    readControlData(host, binaries, path).then(
      (control) => [{ path, control }],
      () => [],
    ),
  );
  return (await Promise.all(looked)).flat();
}

interface ProductionInput {
  readonly host: Host;
  /** Only a cluster of this identifier is the one that the backups are of. */
  readonly systemId: string;
  readonly segmentBytes: number;
  readonly clusters: readonly ClusterHere[];
}

/** A production on this machine, as its own files show it. */
export interface ProductionSeen {
  readonly path: string;
  readonly timeline: number;
  /** The newest segment of its timeline that it has archived; null: none is to be seen. */
  readonly archived: string | null;
  readonly isRunning: boolean;
  /** The time of its latest checkpoint; null: not to be read. */
  readonly checkpointAt: Date | null;
}

/**
 * The productions among the clusters of this machine. Nothing else shows WAL that is missing at the end of the archive. Only
 * pg_control, postmaster.pid and the names in pg_wal are read. A standby is none: it makes .done files of what it received,
 * whether or not the primary has archived it.
 */
export async function seeProduction(input: ProductionInput): Promise<ProductionSeen[]> {
  const seen = await Promise.all(input.clusters.map((cluster) => seeIn(cluster, input).catch(() => null)));
  return seen.filter((production) => production !== null);
}

async function seeIn(
  { path, control }: ClusterHere,
  { host, systemId, segmentBytes }: ProductionInput,
): Promise<ProductionSeen | null> {
  if (control.systemId !== systemId || !isPrimary(control)) return null;
  const namesIn = async (name: string): Promise<string[]> => (await host.list(join(path, name))) ?? [];
  const [wal, status] = await Promise.all([namesIn('pg_wal'), namesIn('pg_wal/archive_status')]);
  const timeline = archivedTimeline(control, wal, status);
  if (timeline === null) return null;
  return {
    path,
    timeline,
    archived: newestArchived({ control, wal, status, segmentBytes, timeline }),
    isRunning: await isRunning(host, path),
    checkpointAt: control.checkpointAt,
  };
}

/**
 * Clusters of this machine that are not the one that the backups are of. Only one that archives is a production:
 * Debian makes and starts a cluster of its own where the package is installed, at the very path that production has.
 */
export async function seeOtherClusters(input: ProductionInput, now: Date): Promise<OtherCluster[]> {
  const seen = await Promise.all(input.clusters.map((cluster) => seeOther(cluster, input, now).catch(() => [])));
  return seen.flat();
}

async function seeOther(
  { path, control }: ClusterHere,
  { host, systemId }: ProductionInput,
  now: Date,
): Promise<OtherCluster[]> {
  if (control.systemId === systemId || !isPrimary(control)) return [];
  const status = (await host.list(join(path, 'pg_wal', 'archive_status'))) ?? [];
  const at = (await isRunning(host, path)) ? now : control.checkpointAt;
  if (status.length === 0 || at === null) return [];
  const name = `in ${path} (system identifier ${control.systemId})`;
  return [{ name, at, shown: `production is the cluster ${name}, which archives WAL` }];
}

/**
 * Its newest timeline, or null while the history file of that waits to be archived. A server that was promoted just now has
 * the new timeline in pg_wal before its pg_control tells of it, which comes with the next checkpoint.
 */
function archivedTimeline({ timeline }: ControlData, wal: readonly string[], status: readonly string[]): number | null {
  const named = wal.flatMap((name) => {
    const digits = /^([0-9A-F]{8})\.history$/.exec(name)?.[1];
    return digits === undefined ? [] : [Number(`0x${digits}`)];
  });
  const newest = Math.max(timeline, ...named);
  return status.includes(`${historyFile(newest)}.ready`) ? null : newest;
}

interface InPgWal {
  readonly control: ControlData;
  readonly wal: readonly string[];
  readonly status: readonly string[];
  readonly segmentBytes: number;
  readonly timeline: number;
}

/**
 * PostgreSQL renames NAME.ready to NAME.done once its archive_command succeeded, and removes or recycles a segment only
 * after that: so a segment before the redo point of the latest checkpoint that is no longer in pg_wal was archived too.
 */
function newestArchived({ control, wal, status, segmentBytes, timeline }: InPgWal): string | null {
  const redo = parseSegmentName(control.redoSegment, segmentBytes);
  const done = status.flatMap((name) => /^([0-9A-F]{24})\.done$/.exec(name)?.[1] ?? []);
  const beforeRedo = redo === null ? '' : segmentName({ ...redo, number: redo.number - 1n }, segmentBytes);
  const isRecycled = redo !== null && redo.number > 0n && wal.length > 0 && !wal.includes(beforeRedo);
  return (
    [...done, ...(isRecycled ? [beforeRedo] : [])]
      .filter((name) => parseSegmentName(name, segmentBytes)?.timeline === timeline)
      .toSorted()
      .at(-1) ?? null
  );
}

/** A server that crashed leaves its postmaster.pid, so the process has to be there too. */
async function isRunning(host: Host, path: string): Promise<boolean> {
  const pid = /^\d+/.exec((await host.readFile(join(path, 'postmaster.pid'))) ?? '')?.[0];
  return pid !== undefined && (await host.list(`/proc/${pid}`)) !== null;
}
