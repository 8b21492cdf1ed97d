import { awaitedLater } from '../../core/awaited-later.ts';
import { DrillError } from '../../core/errors.ts';
import { readInfo, type BackupSet, type StanzaInfo } from '../../pgbackrest/info.ts';
import { PgBackRest } from '../../pgbackrest/pgbackrest.ts';
import { whyNoBackup } from '../../pgbackrest/repository-fault.ts';
import { ignoredRestoreOptions } from '../../pgbackrest/restore-options.ts';
import { privateConfig, readNamedFile } from '../../pgbackrest/private-config.ts';
import { repositoriesOf, type RepositoryConfig } from '../../pgbackrest/repository.ts';
import { optionsFor, type UserConfig } from '../../pgbackrest/user-config.ts';
import { pgBackRestVersion, type PgBackRestVersion } from '../../pgbackrest/version.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import { inferSegmentBytes } from '../../postgres/wal-segment.ts';
import type { ReasonReport } from '../../report/report.ts';
import type { PreparedSandbox, Station } from '../../sandbox/sandbox.ts';
import {
  clustersElsewhere,
  leftFor,
  notBackedUp,
  olderCluster,
  olderClusterFinding,
  type OlderCluster,
} from './other-cluster.ts';

export interface PreflightInput {
  readonly plan: DrillPlan;
  readonly config: UserConfig;
  readonly sandbox: PreparedSandbox;
  /** Called when another place for looking has taken the place of this one. */
  readonly onSandbox: (sandbox: PreparedSandbox) => void;
  readonly now: Date;
  /** What is left to chance is drawn by it. */
  readonly seed: string;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
  /** Called with the repository that is settled on, whatever becomes of it. */
  readonly onRepository?: (key: number) => void;
}

/** What the repository that a drill reads says of itself. */
export interface RepositorySurvey {
  readonly version: PgBackRestVersion;
  readonly pgbackrest: PgBackRest;
  readonly repository: RepositoryConfig;
  readonly cipher: string;
  /** All backups of one cluster of the stanza: the newest, or that of the set that was asked for. */
  readonly backups: readonly BackupSet[];
  readonly newestBackup: BackupSet;
  /** Sets of the same cluster in other repositories that were asked; they are only looked at. */
  readonly setsElsewhere: readonly BackupSet[];
  /** Null: the backups are of the newest cluster of the stanza, as far as the repositories that were asked know. */
  readonly olderCluster: OlderCluster | null;
  readonly database: { readonly id: number; readonly version: string; readonly systemId: string };
  readonly archiveId: string;
  readonly segmentBytes: number;
  /** Warnings that the report has to carry; the run goes on. */
  readonly findings: readonly ReasonReport[];
}

/** Asks pgBackRest what there is, and settles on one repository: from then on no other is configured. */
export async function surveyRepository(input: PreflightInput): Promise<RepositorySurvey> {
  const { plan, sandbox, signal } = input;
  const everything = await configure(input, sandbox, plan.source.repo);
  // Both at once; a pgBackRest that is missing or too old is named first.
  const asked = awaitedLater(readInfo(everything, signal));
  const version = await pgBackRestVersion(sandbox.host);
  const info = await asked;
  const { all, passedOver } = await chooseRepository(info, input, everything);
  const byTime = all.toSorted((a, b) => a.stoppedAt.getTime() - b.stoppedAt.getTime());
  const named = namedSet(plan, all);
  const newest = named ?? byTime.at(-1);
  if (!newest) throw noBackup(plan.source.stanza);
  const { repo, databaseId } = newest;
  input.onRepository?.(repo);
  const backups = all.filter((backup) => backup.databaseId === databaseId);
  const newestBackup = byTime.findLast((backup) => backup.databaseId === databaseId) ?? newest;
  const database = info.databases.find((candidate) => candidate.id === databaseId && candidate.repo === repo);
  if (!database) {
    throw new DrillError('repo-unreadable', 'the repository does not say which PostgreSQL its newest backup is of');
  }
  const cluster = olderCluster(info, newest) ?? leftFor(newestBackup, database, clustersElsewhere(info, newest));
  if (cluster && !named) throw notBackedUp(cluster, newest);
  const configured = repositoriesOf(optionsFor(input.config, plan.source.stanza, 'restore'));
  const repository = configured.find(({ key }) => key === repo) ?? {
    key: repo,
    type: 'posix',
    host: null,
    path: '',
    cipher: 'none',
  };
  // No other repository can quietly stand in for the chosen one.
  const pgbackrest = await configure(input, sandbox, repo);
  return {
    version,
    pgbackrest,
    repository,
    cipher: info.repos.find(({ key }) => key === repo)?.cipher ?? 'none',
    backups,
    newestBackup,
    database: { id: database.id, version: database.version, systemId: database.systemId },
    archiveId: archiveIdOf(info, newestBackup, database.version),
    segmentBytes: segmentBytesOf(backups, named ?? newestBackup),
    setsElsewhere: info.backups.filter((backup) => backup.repo !== repo && isOf(database.systemId, backup, info)),
    olderCluster: cluster,
    findings: [
      ...passedOver.map((error) => repositorySkipped(error, repo)),
      ...(cluster ? [olderClusterFinding(cluster, newest)] : []),
      ...restoreOptionsIgnored(input),
    ],
  };
}

function restoreOptionsIgnored({ config, plan }: PreflightInput): ReasonReport[] {
  const names = ignoredRestoreOptions(config, plan.source.stanza);
  if (names.length === 0) return [];
  return [
    {
      code: 'restore-options-ignored',
      message: `the configuration gives ${names.join(', ')} to every restore; a real restore obeys, this drill did not`,
      phase: 'preflight',
      hint: 'look whether such a restore gives what is wanted; the plan of a drill has a target of its own',
    },
  ];
}

function repositorySkipped({ message }: DrillError, drilled: number): ReasonReport {
  return {
    code: 'repo-skipped',
    message: `${message}; repository ${drilled} was drilled in its place, and nothing is known about the other`,
    phase: 'preflight',
    hint: 'drill each copy with --repo 1,2',
  };
}

/** The same cluster may have another number in another repository. */
function isOf(systemId: string, backup: BackupSet, { databases }: StanzaInfo): boolean {
  return databases.some(
    ({ id, repo, ...one }) => id === backup.databaseId && repo === backup.repo && one.systemId === systemId,
  );
}

function noBackup(stanza: string): DrillError {
  return new DrillError('backup-set-not-found', `the repository holds no backup of the stanza "${stanza}"`, {
    hint: 'take a full backup',
  });
}

/** The set that a person has named. One whose turn it is was named by nobody: nothing that is wrong is overlooked for its sake. */
export function namedSet({ source, rotation }: DrillPlan, sets: readonly BackupSet[]): BackupSet | undefined {
  return rotation === null ? sets.find(({ label }) => label === source.backup) : undefined;
}

/** That of one set, by default the newest, and of the others as far as they have the same: pg_resetwal may change it. */
export function segmentBytesOf(backups: readonly BackupSet[], first?: BackupSet): number {
  const newestFirst = backups.toSorted((a, b) => b.stoppedAt.getTime() - a.stoppedAt.getTime());
  return inferSegmentBytes(
    [...(first ? [first] : []), ...newestFirst].flatMap(({ lsnStart, walStart }) =>
      lsnStart === null || walStart === null ? [] : [{ lsn: lsnStart, segment: walStart }],
    ),
  );
}

/** Writes the configuration of the run at a station: of one repository, or of all. */
export async function configure(
  { plan, config }: Pick<PreflightInput, 'plan' | 'config'>,
  { host, paths }: Pick<Station, 'host' | 'paths'>,
  repo: number | null,
): Promise<PgBackRest> {
  const path = `${paths.secrets}/pgbackrest.conf`;
  const { content, files } = privateConfig(config, {
    stanza: plan.source.stanza,
    repo,
    walFetch: plan.restore.walFetch,
    filesPath: paths.secrets,
    readFile: readNamedFile,
    lockPath: paths.lock,
    logPath: paths.log,
    spoolPath: paths.spool,
  });
  const named = Object.fromEntries(files.map((file) => [file.path, file.content]));
  await host.writeFiles({ ...named, [path]: content }, 0o600);
  return new PgBackRest(host, path, plan.source.stanza);
}

interface Choice {
  /** All backups of the repository that is drilled. */
  readonly all: readonly BackupSet[];
  /** Why those before it could not be taken. */
  readonly passedOver: readonly DrillError[];
}

/** The backups of the repository that was asked for, or of the first that has any. Throws when none has. */
async function chooseRepository(info: StanzaInfo, input: PreflightInput, everything: PgBackRest): Promise<Choice> {
  const { stanza, repo } = input.plan.source;
  const configured = repositoriesOf(optionsFor(input.config, stanza, 'restore')).map(({ key }) => key);
  const keys = repo === null ? configured : [repo];
  const drilled = keys.find((candidate) => info.backups.some((backup) => backup.repo === candidate)) ?? null;
  const before = keys.filter((key) => drilled === null || key < drilled);
  const passedOver: DrillError[] = [];
  for (const status of info.repos.filter(({ key }) => before.includes(key)))
    passedOver.push(await whyNoBackup(status, everything, input.signal));
  if (drilled === null) throw passedOver[0] ?? noBackup(stanza);
  return { all: info.backups.filter((backup) => backup.repo === drilled), passedOver };
}

/** The name of the archive of a backup set, such as `15-1`. */
export function archiveIdOf(info: StanzaInfo, backup: BackupSet, version: string): string {
  const archive = info.archives.find(
    ({ databaseId, repo }) => databaseId === backup.databaseId && repo === backup.repo,
  );
  return archive?.id ?? `${version}-${backup.databaseId}`;
}
