import { DrillError } from '../../core/errors.ts';
import type { BackupSet, StanzaInfo } from '../../pgbackrest/info.ts';
import type { ReasonReport } from '../../report/report.ts';

/** A cluster that production has left behind, by initdb in place or pg_upgrade. */
export interface OlderCluster {
  readonly archiveId: string;
  /** What production is now. */
  readonly newest: string;
  /** What shows it, as a sentence without a full stop. */
  readonly shown: string;
}

/** Something that shows another cluster under the name of the stanza. */
export interface OtherCluster {
  /** With its system identifier. */
  readonly name: string;
  /** When it was production, at the latest. */
  readonly at: Date;
  readonly shown: string;
}

type Database = StanzaInfo['databases'][number];

/**
 * Whether the backup is of an older cluster than its repository is at. pgBackRest itself refuses to restore such a backup
 * unless it is named (2.45: `[075] … prior version`), but not with --set, which every drill gives.
 */
export function olderCluster(info: StanzaInfo, backup: BackupSet): OlderCluster | null {
  const ofRepo = info.databases.filter(({ repo }) => repo === backup.repo);
  const newest = ofRepo.toSorted((a, b) => b.id - a.id)[0];
  const own = ofRepo.find(({ id }) => id === backup.databaseId);
  if (!newest || !own || newest.id === own.id) return null;
  const name = `${newest.version}-${newest.id} (PostgreSQL ${newest.version}, system identifier ${newest.systemId})`;
  return { archiveId: archiveName(own), newest: name, shown: `the stanza is at cluster ${name}` };
}

/**
 * The other clusters that the stanza has in repositories beside that of the backup. pgBackRest takes the first repository
 * all the same (2.45: `info` says "database mismatch across repos", restore does not).
 */
export function clustersElsewhere({ databases, backups }: StanzaInfo, { repo, databaseId }: BackupSet): OtherCluster[] {
  const systemId = databases.find((one) => one.repo === repo && one.id === databaseId)?.systemId;
  const others = databases.filter((one) => one.repo !== repo && one.systemId !== systemId);
  return others.map((one) => {
    const sets = backups.filter((set) => set.repo === one.repo && set.databaseId === one.id);
    const newest = sets.toSorted((a, b) => b.stoppedAt.getTime() - a.stoppedAt.getTime())[0];
    const name = `${archiveName(one)} of repository ${one.repo} (PostgreSQL ${one.version}, system identifier ${one.systemId})`;
    const begun = bornAt(one.systemId);
    return {
      name,
      at: newest && newest.stoppedAt > begun ? newest.stoppedAt : begun,
      shown:
        newest === undefined
          ? `the stanza is at cluster ${name} there, which was begun at ${begun.toISOString()}`
          : `the stanza is at cluster ${name} there, of which the backup set ${newest.label} was taken`,
    };
  });
}

/** The cluster that production became after the newest backup of the one that is drilled; null: none is seen. */
export function leftFor(
  newest: BackupSet,
  own: Pick<Database, 'version' | 'id'>,
  others: readonly OtherCluster[],
): OlderCluster | null {
  const last = others.toSorted((a, b) => b.at.getTime() - a.at.getTime())[0];
  if (last === undefined || last.at <= newest.stoppedAt) return null;
  return { archiveId: archiveName(own), newest: last.name, shown: last.shown };
}

/** Why the newest backup saves nobody. */
export function notBackedUp({ shown, archiveId }: OlderCluster, backup: BackupSet): DrillError {
  return new DrillError(
    'cluster-not-backed-up',
    `${shown}; the newest backup of repository ${backup.repo}, ${backup.label}, is of cluster ${archiveId}, which production has left behind`,
    {
      hint: `take a full backup, or drill a repository that has one; --backup ${backup.label} drills the older cluster`,
    },
  );
}

/** The warning where such a backup was asked for. */
export function olderClusterFinding({ archiveId, shown }: OlderCluster, backup: BackupSet): ReasonReport {
  return {
    code: 'older-cluster',
    message: `the backup set ${backup.label}, which was asked for, is of cluster ${archiveId}; ${shown}`,
    phase: 'preflight',
    hint: null,
  };
}

function archiveName({ version, id }: Pick<Database, 'version' | 'id'>): string {
  return `${version}-${id}`;
}

/** initdb puts its time into the upper half of the system identifier, in seconds (BootStrapXLOG of 12 to 18). */
function bornAt(systemId: string): Date {
  return new Date(Number(BigInt(systemId) >> 32n) * 1000);
}
