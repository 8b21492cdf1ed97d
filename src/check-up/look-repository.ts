import { asDrillError, DrillError } from '../core/errors.ts';
import { archiveIdOf } from '../drill/preflight/survey.ts';
import { readInfo, type BackupSet, type StanzaInfo } from '../pgbackrest/info.ts';
import type { PgBackRest } from '../pgbackrest/pgbackrest.ts';
import { whyNoBackup } from '../pgbackrest/repository-fault.ts';
import { verifyRepository, type VerifyResult } from '../pgbackrest/verify.ts';
import type { TimelineChoice } from '../targets/timeline.ts';
import type { Fault } from './facts.ts';
import { lookAtCluster, type ClusterLook } from './look-cluster.ts';

/** A repository that answered, or why it did not. */
export interface RepositoryInfo {
  readonly key: number;
  readonly pgbackrest: PgBackRest;
  /** Null: there is a fault, and nothing else is known. */
  readonly info: StanzaInfo | null;
  readonly fault: Fault | null;
}

/** An error in the form in which findings carry it. One that is none of ours is a bug, and thrown on. */
export function faultOf(error: unknown, signal: AbortSignal): Fault {
  const known = asDrillError(error);
  if (!known) throw error;
  if (known.code === 'cancelled' && isTimeout(signal.reason)) {
    return {
      code: 'repo-timeout',
      message: 'the repository had not answered when the time for looking was over',
      hint: 'give it longer with --timeout, or look why it is slow: pgbackrest info with the same configuration',
    };
  }
  if (known.code === 'cancelled') throw error;
  return { code: known.code, message: known.message, hint: known.hint };
}

/** The reason of AbortSignal.timeout. */
function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.code === DOMException.TIMEOUT_ERR;
}

/** Asks a repository what it holds. Throws for a signal alone. */
export async function askRepository(key: number, pgbackrest: PgBackRest, signal: AbortSignal): Promise<RepositoryInfo> {
  try {
    const info = await readInfo(pgbackrest, signal);
    if (info.backups.length > 0) return { key, pgbackrest, info, fault: null };
    const status = info.repos.find((repo) => repo.key === key);
    const why =
      status === undefined
        ? new DrillError('repo-unreadable', `pgBackRest says nothing of repository ${key}`)
        : await whyNoBackup(status, pgbackrest, signal);
    return { key, pgbackrest, info, fault: faultOf(why, signal) };
  } catch (error) {
    return { key, pgbackrest, info: null, fault: faultOf(error, signal) };
  }
}

interface ClustersAsked {
  readonly repository: RepositoryInfo;
  /** The sets of all repositories, and whose clusters they are. */
  readonly everywhere: StanzaInfo;
  readonly choice: TimelineChoice;
  readonly mayThin: boolean;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/** The clusters of a repository that have backups, that of the newest backup first. */
export async function lookAtClusters(asked: ClustersAsked): Promise<ClusterLook[]> {
  const { info, pgbackrest, key: repo } = asked.repository;
  const { everywhere, choice, mayThin, now, signal } = asked;
  const newestFirst = (info?.backups ?? []).toSorted((a, b) => b.stoppedAt.getTime() - a.stoppedAt.getTime());
  const looks: ClusterLook[] = [];
  for (const [databaseId, sets] of Map.groupBy(newestFirst, (set) => set.databaseId)) {
    const [newest] = sets;
    const database = info?.databases.find(({ id }) => id === databaseId);
    if (info === null || newest === undefined || database === undefined) continue;
    const { version, systemId } = database;
    const archiveId = archiveIdOf(info, newest, version);
    const setsElsewhere = everywhere.backups.filter(
      (set) => set.repo !== repo && systemIdOf(set, everywhere) === systemId,
    );
    looks.push(
      // One after the other: each listing may be large.
      await lookAtCluster({
        pgbackrest,
        repo,
        archiveId,
        version,
        systemId,
        sets,
        setsElsewhere,
        choice: looks.length === 0 ? choice : 'latest',
        mayThin,
        now,
        signal,
      }),
    );
  }
  return looks;
}

function systemIdOf(set: BackupSet, { databases }: StanzaInfo): string | undefined {
  return databases.find(({ id, repo }) => id === set.databaseId && repo === set.repo)?.systemId;
}

/** Reads the whole repository. Throws for a signal alone. */
export async function verifyOne(
  { pgbackrest }: RepositoryInfo,
  processMax: number,
  signal: AbortSignal,
): Promise<VerifyResult | Fault> {
  try {
    return await verifyRepository(pgbackrest, processMax, signal);
  } catch (error) {
    return faultOf(error, signal);
  }
}
