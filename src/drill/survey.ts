import { readFileSync } from 'node:fs';
import { DrillError } from '../core/errors.ts';
import { isUnreadable, readInfo, type BackupSet, type StanzaInfo } from '../pgbackrest/info.ts';
import { REFUSED } from '../pgbackrest/failure.ts';
import { PgBackRest } from '../pgbackrest/pgbackrest.ts';
import { privateConfig } from '../pgbackrest/private-config.ts';
import { needsNetwork, repositoriesOf, type RepositoryConfig } from '../pgbackrest/repository.ts';
import { optionsFor, type UserConfig } from '../pgbackrest/user-config.ts';
import { pgBackRestVersion, type PgBackRestVersion } from '../pgbackrest/version.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import { inferSegmentBytes } from '../postgres/wal-segment.ts';
import type { ReasonReport } from '../report/report.ts';
import type { PreparedSandbox, Station } from '../sandbox/sandbox.ts';

export interface PreflightInput {
  readonly plan: DrillPlan;
  readonly config: UserConfig;
  readonly sandbox: PreparedSandbox;
  /** Called when another place for looking has taken the place of this one. */
  readonly onSandbox: (sandbox: PreparedSandbox) => void;
  readonly now: Date;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

/** What the repository that a drill reads says of itself. */
export interface RepositorySurvey {
  readonly version: PgBackRestVersion;
  readonly pgbackrest: PgBackRest;
  readonly repository: RepositoryConfig;
  readonly cipher: string;
  /** All backups of the newest cluster of the stanza; those of before an upgrade are left out. */
  readonly backups: readonly BackupSet[];
  readonly newestBackup: BackupSet;
  readonly database: { readonly version: string; readonly systemId: string };
  readonly archiveId: string;
  readonly segmentBytes: number;
  /** Whether programs in the sandbox could write to it; null: that cannot be seen without writing. */
  readonly writable: boolean | null;
  /** Warnings that the report has to carry; the run goes on. */
  readonly findings: readonly ReasonReport[];
}

/** Asks pgBackRest what there is, and settles on one repository: from then on no other is configured. */
export async function surveyRepository(input: PreflightInput): Promise<RepositorySurvey> {
  const { plan, sandbox, signal } = input;
  const everything = await configure(input, sandbox, plan.source.repo);
  const asked = readInfo(everything, signal);
  asked.catch(() => undefined); // Both at once; that pgBackRest is missing or too old is to be said first.
  const version = await pgBackRestVersion(sandbox.host);
  const info = await asked;
  const { all, unreadable } = backupsToChooseFrom(info, plan, input.config);
  const newestBackup = all.toSorted((a, b) => a.stoppedAt.getTime() - b.stoppedAt.getTime()).at(-1);
  if (!newestBackup) throw unreadable ?? noBackup(plan.source.stanza);
  const { repo, databaseId } = newestBackup;
  const database = info.databases.find((candidate) => candidate.id === databaseId && candidate.repo === repo);
  if (!database) {
    throw new DrillError('repo-unreadable', 'the repository does not say which PostgreSQL its newest backup is of');
  }
  const configured = repositoriesOf(optionsFor(input.config, plan.source.stanza, 'restore'));
  const backups = all.filter((backup) => backup.databaseId === databaseId);
  const repository = configured.find(({ key }) => key === repo) ?? {
    key: repo,
    type: 'posix',
    host: null,
    path: '',
    cipher: 'none',
  };
  return {
    version,
    writable: await isWritable(sandbox, repository),
    // No other repository can quietly stand in for the chosen one.
    pgbackrest: await configure(input, sandbox, repo),
    repository,
    cipher: info.repos.find(({ key }) => key === repo)?.cipher ?? 'none',
    backups,
    newestBackup,
    database: { version: database.version, systemId: database.systemId },
    archiveId: archiveIdOf(info, newestBackup, database.version),
    segmentBytes: segmentBytesOf(backups),
    findings: unreadable ? [repositorySkipped(unreadable, repo)] : [],
  };
}

function repositorySkipped({ message }: DrillError, drilled: number): ReasonReport {
  return {
    code: 'repo-skipped',
    message: `${message}; repository ${drilled} was drilled in its place, and nothing is known of the other`,
    phase: 'preflight',
    hint: 'drill each copy with --repo 1,2',
  };
}

/** Nothing is written to find out: of an object store or a host it is not known. */
async function isWritable({ host }: Station, repository: RepositoryConfig): Promise<boolean | null> {
  if (needsNetwork(repository)) return null;
  const { exitCode } = await host.run(['test', '-w', repository.path], { role: 'pgbackrest' });
  return exitCode === 0;
}

function noBackup(stanza: string): DrillError {
  return new DrillError('backup-set-not-found', `the repository holds no backup of the stanza "${stanza}"`, {
    hint: 'take a full backup',
  });
}

function segmentBytesOf(backups: readonly BackupSet[]): number {
  return inferSegmentBytes(
    backups.flatMap(({ lsnStart, walStart }) =>
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
    filesPath: paths.secrets,
    readFile,
    lockPath: paths.lock,
    logPath: paths.log,
    spoolPath: paths.spool,
  });
  for (const file of files) await host.writeFile(file.path, file.content, 0o600);
  await host.writeFile(path, content, 0o600);
  return new PgBackRest(host, path, plan.source.stanza);
}

function readFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** The backups of the repository that was asked for, or of the first that has any, and why none could be read. */
function backupsToChooseFrom(
  info: StanzaInfo,
  plan: DrillPlan,
  config: UserConfig,
): { all: readonly BackupSet[]; unreadable: DrillError | null } {
  const configured = repositoriesOf(optionsFor(config, plan.source.stanza, 'restore')).map(({ key }) => key);
  const asked = plan.source.repo;
  const keys = asked === null ? configured : [asked];
  const key = keys.find((candidate) => info.backups.some(({ repo }) => repo === candidate));
  const bad = info.repos.find((repo) => keys.includes(repo.key) && repo.key < (key ?? Infinity) && isUnreadable(repo));
  const unreadable = bad ? unreadableRepository(bad) : null;
  return { all: info.backups.filter(({ repo }) => repo === key), unreadable };
}

/**
 * A message for a person: without the headers of HTTP, before which the service's own words would not be seen, and
 * without the signature of a token, which pgBackRest quotes (2.45).
 */
function plainText(message: string): string {
  return message
    .replace(/\*\*\* Request Headers \*\*\*:[\s\S]*?(?=\*\*\* Response Content|$)/, '')
    .replace(/\bsig=[^&'\s]+/g, 'sig=[redacted]')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .slice(0, 400);
}

/** `info` exits with 0 and puts the reason into the status of the repository. */
function unreadableRepository({ key, message }: { key: number; message: string }): DrillError {
  const plain = plainText(message);
  // Before the passphrase, since a token that pgBackRest cannot read is a FormatError as well.
  if (REFUSED.test(message)) {
    return new DrillError(
      'repo-permission-denied',
      `repository ${key} refuses the credentials of the drill: ${plain}`,
      {
        hint: 'compare them with those of the production server; a drill needs to list and to read, and nothing more',
      },
    );
  }
  const wrongPass = /CryptoError|cipher|FormatError|Salted/.test(message);
  if (wrongPass && !/certificate/.test(message)) {
    return new DrillError('cipher-passphrase-wrong', `repository ${key} does not open with this passphrase`, {
      hint: 'compare repoN-cipher-type and repoN-cipher-pass with those of the production server',
    });
  }
  if (/for greeting key 'version'/.test(message)) {
    return new DrillError(
      'version-unsupported',
      `the host of repository ${key} has another version of pgBackRest: ${plain}`,
      {
        hint: 'the drill needs the very version of the repository host',
      },
    );
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

function archiveIdOf(info: StanzaInfo, backup: BackupSet, version: string): string {
  const archive = info.archives.find(
    ({ databaseId, repo }) => databaseId === backup.databaseId && repo === backup.repo,
  );
  return archive?.id ?? `${version}-${backup.databaseId}`;
}
