import { awaitedLater } from '../../core/awaited-later.ts';
import { asDrillError, type DrillError } from '../../core/errors.ts';
import type { BackupSet } from '../../pgbackrest/info.ts';
import { listArchive } from '../../pgbackrest/archive.ts';
import { Histories } from '../../pgbackrest/histories.ts';
import { pagesChecked } from '../../pgbackrest/page-checks.ts';
import { needsNetwork, repositoriesOf, type RepositoryConfig } from '../../pgbackrest/repository.ts';
import { optionsFor, productionPaths, type UserConfig } from '../../pgbackrest/user-config.ts';
import { pgBackRestVersion } from '../../pgbackrest/version.ts';
import { aheadBytes } from '../../pgbackrest/wal-ahead.ts';
import type { RecoveryTarget } from '../../targets/index.ts';
import { findPostgres, type PostgresBinaries } from '../../postgres/binaries.ts';
import { requireSettings } from '../../postgres/check-settings.ts';
import type { Lsn } from '../../postgres/lsn.ts';
import type { PreparedSandbox, Station } from '../../sandbox/sandbox.ts';
import { followArchive, type ArchiveState } from './archive-state.ts';
import { missingBackupFiles } from './backup-files.ts';
import { chooseBackup, type SkippedSet } from './choose-backup.ts';
import { findDivergence } from './divergence.ts';
import { atLastCommit } from './last-commit.ts';
import { locateTarget } from './locate-target.ts';
import { leftFor, notBackedUp, olderClusterFinding } from './other-cluster.ts';
import { clustersHere, seeOtherClusters, seeProduction } from './production.ts';
import { surveyRepository, configure, namedSet, type PreflightInput, type RepositorySurvey } from './survey.ts';
import { kindOf, plannedKindOf, recoveryTargetOf } from '../../targets/index.ts';
import { describeSelection } from './selection.ts';
import type { SelectionReport } from '../../report/selection.ts';
import { refuseMistakes } from './typed-mistakes.ts';
import { findWays } from './way.ts';
import { tellElsewhere } from './witnesses/elsewhere.ts';
import { judgeArchive } from './witnesses/judge-archive.ts';
import { errorOf } from './witnesses/wal-fault.ts';

/** Everything that is known before anything is restored. */
export interface Preflight extends RepositorySurvey {
  /** Whether programs in the sandbox could write to the repository; null: that cannot be seen without writing. */
  readonly writable: boolean | null;
  /** The data directory of an earlier run is reused. */
  readonly hasKeptData: boolean;
  readonly backup: BackupSet;
  /** Its pages were compared with their checksums when it was taken; null: not to be learned. */
  readonly pagesChecked: boolean | null;
  /** Null: PostgreSQL of the major version is not here, and comes when the sandbox is provisioned. */
  readonly binaries: PostgresBinaries | null;
  readonly archive: ArchiveState;
  /** The target with `random` resolved. */
  readonly target: RecoveryTarget;
  /** Where the target lies, when it had to be looked for (xid, name). */
  readonly targetLsn: Lsn | null;
  /** All sets that lead to the target, oldest first. */
  readonly usable: readonly BackupSet[];
  /** What a recovery from a set of these finds in the archive. */
  readonly follow: (set: BackupSet) => ArchiveState;
  /** Sets that would have been taken, had the timeline that is wanted led through them. */
  readonly skippedSets: readonly SkippedSet[];
  /** Why this set was taken. */
  readonly selection: SelectionReport;
  /** Why the archive is not enough for this recovery; null: nothing is seen to be missing. */
  readonly archiveFault: DrillError | null;
  /** Of the other repositories that were asked, whether they hold the WAL file that is missing; empty: none is, or nobody was asked. */
  readonly walElsewhere: ReadonlyMap<number, boolean>;
  readonly neededBytes: number;
  /** Null: this is a lookout. */
  readonly freeBytes: number | null;
  readonly processMax: number;
}

/** What is known where the instance is to be. */
export interface Settled extends Preflight {
  readonly binaries: PostgresBinaries;
}

/** What is known, and the sandbox with PostgreSQL of the backup's major version in it. */
export interface Looked {
  readonly sandbox: PreparedSandbox;
  readonly ready: Preflight;
}

/**
 * Finds out what a drill would be run with; whether it can succeed is for `requireFeasible` to say, so that a report of
 * one that cannot still names the backup and the archive. Restores nothing, and writes into the run directory alone.
 */
export async function lookAhead(input: PreflightInput): Promise<Looked> {
  const { plan, signal } = input;
  const first = await withSomeVersion(input, surveyRepository);
  const major = Number.parseInt(first.found.database.version, 10);
  const sandbox = await first.sandbox.withPostgres(major, signal);
  input.onSandbox(sandbox);
  // Another pgBackRest may be there, which is asked again.
  const survey = sandbox === first.sandbox ? first.found : await surveyRepository({ ...input, sandbox });
  const { host } = sandbox;
  const { pgbackrest, backups, database, segmentBytes } = survey;
  const finding = findPostgres(host, major).catch((error: unknown) => {
    if (sandbox.bringsPostgres && asDrillError(error)?.code === 'postgres-missing') return null;
    throw error;
  });
  const [binaries, writable] = await Promise.all([finding, isWritable(sandbox, survey.repository)]);
  if (binaries) await requireSettings(host, binaries, plan.sandbox.settings);
  // Production is asked before the archive is listed: what it archives between the two must not seem to be missing.
  const directories = localProduction(input.config, plan.source.stanza);
  const clusters = binaries === null ? [] : await clustersHere(host, binaries, directories);
  const about = { host, systemId: database.systemId, segmentBytes, clusters };
  const [productions, others] = await Promise.all([seeProduction(about), seeOtherClusters(about, input.now)]);
  const left = survey.olderCluster === null ? leftFor(survey.newestBackup, database, others) : null;
  const named = namedSet(plan, backups);
  if (left && !named) throw notBackedUp(left, survey.newestBackup);
  const { repo } = survey.newestBackup;
  const listing = await listArchive(pgbackrest, repo, survey.archiveId, signal);
  const divergence = awaitedLater(findDivergence(host, productions, listing, segmentBytes));
  const histories = new Histories(pgbackrest, repo, survey.archiveId, signal);
  const planned = plannedKindOf(plan.target);
  const { leadsOffline } = planned;
  const wanted = { leadsOffline, choice: plan.timeline, listing, segmentBytes, sets: backups };
  const ways = await findWays(wanted, histories);
  const follow = (set: BackupSet): ArchiveState => followArchive(listing, set, ways, segmentBytes);

  const places = { pgbackrest, binaries, backups, listing, segmentBytes, follow };
  const located = await locateTarget({ ...input, sandbox }, places);
  const targetLsn = located.lsn;
  const aimed = recoveryTargetOf(plan.target, { ...input, ...places, backups: mayBeTaken(plan, backups) });
  const choice = plan.source.backup;
  refuseMistakes({ backups, target: plan.target, choice });
  const chosen = chooseBackup({ backups, target: aimed, choice, targetLsn, ways, seed: input.seed });
  const { backup, skipped } = chosen;
  const target = await atLastCommit(aimed, { ...input, sandbox }, places, backup);
  const archive = follow(backup);
  await located.requireOne(backup, archive);
  const [files, pages] = await Promise.all([
    missingBackupFiles(pgbackrest, backup, signal),
    pagesChecked(pgbackrest, backup, signal),
  ]);
  const ruling = await judgeArchive({
    state: archive,
    backup,
    sets: backups,
    setsElsewhere: survey.setsElsewhere,
    productions,
    divergence: await divergence,
    choice: plan.timeline,
    reach: kindOf(target).reach(targetLsn),
    histories,
    now: input.now,
  });
  const walFault = ruling.fault && (await tellElsewhere(ruling.fault, otherRepositories(input, sandbox, survey)));
  const ready: Preflight = {
    ...survey,
    writable,
    hasKeptData: sandbox.hasKeptData,
    backup,
    pagesChecked: pages,
    binaries,
    archive,
    target,
    targetLsn,
    olderCluster: survey.olderCluster ?? left,
    findings: [...survey.findings, ...(left && named ? [olderClusterFinding(left, named)] : []), ...ruling.warnings],
    usable: chosen.usable,
    follow,
    skippedSets: skipped,
    selection: describeSelection({ plan, backups, usable: chosen.usable, seed: input.seed }),
    archiveFault: files ?? (walFault && errorOf(walFault)),
    walElsewhere: walFault?.elsewhere ?? new Map(),
    neededBytes: neededBytes(plan, backup, archive, sandbox.hasKeptData),
    freeBytes: sandbox.isLookout ? null : (await host.room(sandbox.paths.root)).freeBytes,
    processMax: plan.source.processMax ?? sandbox.facts.cpus,
  };
  return { sandbox, ready };
}

/** The sets that the plan leaves to choose from; all for a label that is none. */
function mayBeTaken({ source }: PreflightInput['plan'], backups: readonly BackupSet[]): readonly BackupSet[] {
  const only = backups.filter(({ label }) => label === source.backup);
  return only.length > 0 ? only : backups;
}

/** Nothing is written to find out: of an object store or a host it is not known. */
async function isWritable({ host }: Station, repository: RepositoryConfig): Promise<boolean | null> {
  if (needsNetwork(repository)) return null;
  const { exitCode } = await host.run(['test', '-w', repository.path], { role: 'pgbackrest' });
  return exitCode === 0;
}

/** A repository host answers its own version of pgBackRest alone: where there are several, each is tried. */
export async function withSomeVersion<T>(
  input: PreflightInput,
  ask: (input: PreflightInput) => Promise<T>,
): Promise<{ sandbox: PreparedSandbox; found: T }> {
  const { sandbox, signal } = input;
  try {
    return { sandbox, found: await ask(input) };
  } catch (error) {
    if (asDrillError(error)?.code !== 'version-unsupported') throw error;
    const other = await sandbox.withOtherPgBackRest(signal);
    if (other === null) throw error;
    input.onSandbox(other);
    return withSomeVersion({ ...input, sandbox: other }, ask);
  }
}

/** What preflight found, for the place where the instance is to be: its own configuration, its own PostgreSQL. */
export async function settleIn(
  ready: Preflight,
  station: Station,
  input: Pick<PreflightInput, 'plan' | 'config'>,
): Promise<Settled> {
  const { host, paths, facts } = station;
  const [pgbackrest, binaries, version, { freeBytes }] = await Promise.all([
    configure(input, station, ready.backup.repo),
    findPostgres(host, Number.parseInt(ready.database.version, 10)),
    pgBackRestVersion(host),
    host.room(paths.root),
  ]);
  await requireSettings(host, binaries, input.plan.sandbox.settings);
  const processMax = input.plan.source.processMax ?? facts.cpus;
  return { ...ready, pgbackrest, binaries, version, freeBytes, processMax };
}

/** Where else a missing file may lie. The configuration of the run itself stays as it is. */
function otherRepositories(
  input: PreflightInput,
  { host, paths }: PreparedSandbox,
  { repository, database }: RepositorySurvey,
): Parameters<typeof tellElsewhere>[1] {
  const keys = repositoriesOf(optionsFor(input.config, input.plan.source.stanza, 'restore')).map(({ key }) => key);
  return {
    repositories: keys.filter((key) => key !== repository.key),
    programFor: async (repo) => {
      const secrets = `${paths.secrets}/repo${repo}`;
      await host.makeDirectory(secrets);
      return configure(input, { host, paths: { ...paths, secrets } }, repo);
    },
    systemId: database.systemId,
    signal: input.signal,
  };
}

/** The data directories of production that the configuration has on its own machine. */
export function localProduction(config: UserConfig, stanza: string): string[] {
  const entries = config.entries.filter(
    ({ section }) => section.split(':')[0] === stanza || section.startsWith('global'),
  );
  return productionPaths({ ...config, entries }).flatMap(({ path, local }) => (local ? [path] : []));
}

/**
 * The restored size and some WAL: PostgreSQL recycles what it replayed at restartpoints, at max_wal_size at the latest. What is
 * fetched ahead lies beside it.
 */
function neededBytes(
  { restore }: PreflightInput['plan'],
  backup: BackupSet,
  { path, segmentBytes }: ArchiveState,
  hasKeptData: boolean,
): number {
  const walBytes = Math.min(path.segments.length, 128) * segmentBytes;
  const ahead = restore.walFetch === 'ahead' ? aheadBytes(path.segments.length, segmentBytes) : 0;
  return (hasKeptData ? Math.round(backup.sizeBytes / 10) : backup.sizeBytes) + walBytes + ahead;
}
