import { DrillError } from '../core/errors.ts';
import { isUnreadable, readInfo, type BackupSet, type StanzaInfo } from '../pgbackrest/info.ts';
import { PgBackRest } from '../pgbackrest/pgbackrest.ts';
import { privateConfig } from '../pgbackrest/private-config.ts';
import { repositoriesOf, type RepositoryConfig } from '../pgbackrest/repository.ts';
import { optionsFor, productionPaths, type UserConfig } from '../pgbackrest/user-config.ts';
import { pgBackRestVersion, type PgBackRestVersion } from '../pgbackrest/version.ts';
import type { DrillPlan, RecoveryTarget } from '../plan/drill-plan.ts';
import { findPostgres, type PostgresBinaries } from '../postgres/binaries.ts';
import type { Lsn } from '../postgres/lsn.ts';
import { inferSegmentBytes, parseSegmentName } from '../postgres/wal-segment.ts';
import type { PreparedSandbox } from '../sandbox/sandbox.ts';
import { followArchive, listArchiveOf, type ArchiveState } from './archive-state.ts';
import { chooseBackup, targetText } from './choose-backup.ts';
import { newestArchivedByProduction } from './production.ts';
import { findInWal } from './wal-search.ts';

/** Everything that is known before anything is restored. */
export interface Preflight {
  readonly version: PgBackRestVersion;
  readonly pgbackrest: PgBackRest;
  readonly repository: RepositoryConfig;
  readonly cipher: string;
  readonly backup: BackupSet;
  /** The newest backup in the repository, whichever is drilled. */
  readonly newestBackup: BackupSet;
  readonly database: { readonly version: string; readonly systemId: string };
  readonly binaries: PostgresBinaries;
  readonly archive: ArchiveState;
  /** The target with `random` resolved. */
  readonly target: RecoveryTarget;
  /** Where the target lies, when it had to be looked for (xid, name). */
  readonly targetLsn: Lsn | null;
  /** All backups of the same cluster in the repository. */
  readonly backups: readonly BackupSet[];
  /** The newest segment that production on this machine has archived; null when it is not at hand. */
  readonly productionArchived: string | null;
  /** Why an earlier repository was passed over, when one was. */
  readonly skippedRepository: string | null;
  readonly neededBytes: number;
  readonly freeBytes: number;
  readonly processMax: number;
}

interface PreflightInput {
  readonly plan: DrillPlan;
  readonly config: UserConfig;
  readonly sandbox: PreparedSandbox;
  readonly now: Date;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

/**
 * Finds out what a drill would be run with; whether it can succeed is for `requireFeasible` to say, so that a report of
 * one that cannot still names the backup and the archive. Restores nothing, and writes into the run directory alone.
 */
export async function preflight(input: PreflightInput): Promise<Preflight> {
  const { plan, sandbox, signal } = input;
  const everything = await configure(input, plan.source.repo);
  const asked = readInfo(everything, signal);
  asked.catch(() => undefined); // Both at once; that pgBackRest is missing or too old is to be said first.
  const version = await pgBackRestVersion(sandbox.host);
  const info = await asked;
  const { backups, unreadable } = backupsToChooseFrom(info, plan, input.config);
  const [anyBackup] = backups;
  if (!anyBackup) {
    throw (
      unreadable ??
      new DrillError('backup-set-not-found', `the repository holds no backup of the stanza "${plan.source.stanza}"`, {
        hint: 'take a full backup',
      })
    );
  }
  // From here on only the chosen repository is configured, so that no other can quietly stand in for it.
  const pgbackrest = await configure(input, anyBackup.repo);
  const segmentBytes = inferSegmentBytes(
    backups.flatMap(({ lsnStart, walStart }) =>
      lsnStart === null || walStart === null ? [] : [{ lsn: lsnStart, segment: walStart }],
    ),
  );
  const databaseOf = (backup: BackupSet): StanzaInfo['databases'][number] | undefined =>
    info.databases.find(({ id, repo }) => id === backup.databaseId && repo === backup.repo);
  const newestBackup = backups.toSorted((a, b) => a.stoppedAt.getTime() - b.stoppedAt.getTime()).at(-1) ?? anyBackup;
  const ofNewestDatabase = backups.filter(({ databaseId }) => databaseId === newestBackup.databaseId);
  const database = databaseOf(newestBackup);
  if (!database)
    throw new DrillError('repo-unreadable', 'the repository does not say which PostgreSQL its newest backup is of');
  const binaries = await findPostgres(sandbox.host, Number.parseInt(database.version, 10));
  // Production is asked before the archive is listed: what it archives between the two must not seem to be missing.
  const productionArchived = await newestArchivedByProduction({
    host: sandbox.host,
    binaries,
    systemId: database.systemId,
    segmentBytes,
    dataDirectories: localProduction(input.config, plan.source.stanza),
  });
  const listing = await listArchiveOf(
    pgbackrest,
    newestBackup,
    archiveIdOf(info, newestBackup, database.version),
    signal,
  );
  const follow = (backup: BackupSet): Promise<ArchiveState> =>
    followArchive(pgbackrest, listing, backup, plan.timeline, segmentBytes, signal);

  const targetLsn = await locateTarget(input, { pgbackrest, binaries, backups: ofNewestDatabase, follow });
  const target = await resolveRandom(input, ofNewestDatabase, follow);
  const backup = chooseBackup({
    backups: ofNewestDatabase,
    target,
    choice: plan.source.backup,
    targetLsn,
    random: input.random(),
  });
  const archive = await follow(backup);
  const repository = repositoriesOf(optionsFor(input.config, plan.source.stanza, 'restore')).find(
    ({ key }) => key === backup.repo,
  );
  return {
    version,
    pgbackrest,
    repository: repository ?? { key: backup.repo, type: 'posix', host: null, path: '', cipher: 'none' },
    cipher: info.repos.find(({ key }) => key === backup.repo)?.cipher ?? 'none',
    backup,
    newestBackup,
    database: { version: database.version, systemId: database.systemId },
    binaries,
    archive,
    target,
    targetLsn,
    backups: ofNewestDatabase,
    productionArchived,
    skippedRepository: unreadable?.message ?? null,
    neededBytes: neededBytes(backup, archive, sandbox.hasKeptData),
    freeBytes: await sandbox.host.freeBytes(sandbox.paths.root),
    processMax: plan.source.processMax ?? sandbox.facts.cpus,
  };
}

async function configure({ plan, config, sandbox }: PreflightInput, repo: number | null): Promise<PgBackRest> {
  const { host, paths } = sandbox;
  const path = `${paths.conf}/pgbackrest.conf`;
  const content = privateConfig(config, {
    stanza: plan.source.stanza,
    repo,
    lockPath: paths.lock,
    logPath: paths.log,
    spoolPath: paths.spool,
  });
  await host.writeFile(path, content, 0o600);
  return new PgBackRest(host, path, plan.source.stanza);
}

/** The backups of the repository that was asked for, or of the first that has any, and why none could be read. */
function backupsToChooseFrom(
  info: StanzaInfo,
  plan: DrillPlan,
  config: UserConfig,
): { backups: readonly BackupSet[]; unreadable: DrillError | null } {
  const configured = repositoriesOf(optionsFor(config, plan.source.stanza, 'restore')).map(({ key }) => key);
  const asked = plan.source.repo;
  if (asked !== null && !configured.includes(asked)) {
    throw new DrillError(
      'plan-invalid',
      `the configuration has no repository ${asked}; it has ${configured.join(', ')}`,
    );
  }
  const keys = asked === null ? configured : [asked];
  const key = keys.find((candidate) => info.backups.some(({ repo }) => repo === candidate));
  const bad = info.repos.find((repo) => keys.includes(repo.key) && repo.key < (key ?? Infinity) && isUnreadable(repo));
  const unreadable = bad ? unreadableRepository(bad) : null;
  return { backups: info.backups.filter(({ repo }) => repo === key), unreadable };
}

/** `info` exits with 0 and puts the reason into the status of the repository. */
function unreadableRepository({ key, message }: { key: number; message: string }): DrillError {
  const plain = message.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 400);
  const wrongPass = /CryptoError|cipher|FormatError|Salted/.test(message);
  if (wrongPass && !/certificate/.test(message)) {
    return new DrillError('cipher-passphrase-wrong', `repository ${key} does not open with this passphrase`, {
      hint: 'compare repoN-cipher-type and repoN-cipher-pass with those of the production server',
    });
  }
  if (/Permission denied/.test(message)) {
    return new DrillError('repo-permission-denied', `the user of the drill may not read repository ${key}: ${plain}`, {
      hint: 'run the drill as the owner of the repository, or let its group read it',
    });
  }
  return new DrillError('repo-unreadable', `repository ${key} cannot be read: ${plain}`, {
    hint: 'try pgbackrest info with the same configuration on this machine',
  });
}

function localProduction(config: UserConfig, stanza: string): string[] {
  const entries = config.entries.filter(
    ({ section }) => section.split(':')[0] === stanza || section.startsWith('global'),
  );
  return productionPaths({ ...config, entries }).flatMap(({ path, local }) => (local ? [path] : []));
}

function archiveIdOf(info: StanzaInfo, backup: BackupSet, version: string): string {
  const archive = info.archives.find(
    ({ databaseId, repo }) => databaseId === backup.databaseId && repo === backup.repo,
  );
  return archive?.id ?? `${version}-${backup.databaseId}`;
}

interface Locating {
  readonly pgbackrest: PgBackRest;
  readonly binaries: PostgresBinaries;
  readonly backups: readonly BackupSet[];
  readonly follow: (backup: BackupSet) => Promise<ArchiveState>;
}

/** Where an xid or a restore point lies in the archived WAL; null for other kinds of target. */
async function locateTarget(
  input: PreflightInput,
  { pgbackrest, binaries, backups, follow }: Locating,
): Promise<Lsn | null> {
  const { target } = input.plan;
  const what = target.type === 'xid' ? { xid: target.xid } : target.type === 'name' ? { name: target.name } : null;
  const oldest = backups.toSorted((a, b) => a.stoppedAt.getTime() - b.stoppedAt.getTime())[0];
  if (what === null || !oldest) return null;
  const { path } = await follow(oldest);
  const { paths } = input.sandbox;
  const found = await findInWal({
    pgbackrest,
    backup: oldest,
    binaries,
    segments: path.segments,
    directory: `${paths.temp}/search`,
    what,
    signal: input.signal,
    onProgress: (fraction) =>
      input.onProgress(`looking for ${targetText(target)} in the archive: ${Math.round(fraction * 100)} %`),
  });
  if (found !== null) return found;
  const [from, to] = [path.segments[0] ?? '-', path.segments.at(-1) ?? '-'];
  throw new DrillError(
    'target-not-found',
    `the archive holds no ${targetText(target)} (looked from ${from} to ${to})`,
    {
      hint: 'look at the spelling, and whether the WAL with it has been archived already',
    },
  );
}

/**
 * A random point inside the recoverable window, as an LSN: a random time might lie after the last commit of an idle
 * production, where PostgreSQL could never prove to have arrived.
 */
async function resolveRandom(
  input: PreflightInput,
  backups: readonly BackupSet[],
  follow: Locating['follow'],
): Promise<RecoveryTarget> {
  const { target } = input.plan;
  const oldest = backups.toSorted((a, b) => a.stoppedAt.getTime() - b.stoppedAt.getTime())[0];
  if (target.type !== 'random' || !oldest) return target;
  const { path, listing, segmentBytes } = await follow(oldest);
  const since = input.now.getTime() - target.withinMs;
  const inWindow = path.segments.filter(
    (name) => (listing.segments.get(name)?.[0]?.archivedAt.getTime() ?? 0) >= since,
  );
  const candidates = inWindow.filter((name) => oldest.walStop === null || name > oldest.walStop);
  const segment = candidates[Math.floor(input.random() * candidates.length)];
  if (segment === undefined) {
    throw new DrillError(
      'target-not-found',
      'no WAL after the first backup was archived inside the window of the random target',
      {
        hint: 'widen it with target.random.within',
      },
    );
  }
  const number = parseSegmentName(segment, segmentBytes)?.number ?? 0n;
  // The first record that begins in the segment: a later position may lie behind the last record of a switched segment.
  return { type: 'lsn', lsn: number * BigInt(segmentBytes) };
}

/** The restored size and some WAL: PostgreSQL recycles what it replayed at restartpoints, at max_wal_size at the latest. */
function neededBytes(backup: BackupSet, { path, segmentBytes }: ArchiveState, hasKeptData: boolean): number {
  const walBytes = Math.min(path.segments.length, 128) * segmentBytes;
  return (hasKeptData ? Math.round(backup.sizeBytes / 10) : backup.sizeBytes) + walBytes;
}
