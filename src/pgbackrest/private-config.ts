import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { WalFetch } from '../core/wal-fetch.ts';
import { isSecretOption } from './config-problems.ts';
import { formatIni, type IniEntry } from './ini.ts';
import { optionName } from './option-name.ts';
import { repositoryKey } from './repository.ts';
import { optionsFor, type UserConfig } from './user-config.ts';
import { aheadOptions } from './wal-ahead.ts';

interface PrivateConfigOptions {
  readonly stanza: string;
  /** Only this repository goes in, so that no other can quietly stand in for it; null: all of them. */
  readonly repo: number | null;
  /** Default: as configured. */
  readonly walFetch?: WalFetch;
  /** Where the files that options name are put for the run: the place of the drill need not be this machine. */
  readonly filesPath: string;
  /** A file of this machine as text, or null when it cannot be read. */
  readonly readFile: (path: string) => string | null;
  /** The run's own directories. */
  readonly lockPath: string;
  readonly logPath: string;
  readonly spoolPath: string;
}

/** The configuration of a run, and the files that it names. All of it may hold secrets. */
interface PrivateConfig {
  readonly content: string;
  readonly files: readonly { readonly path: string; readonly content: string }[];
}

/** Options whose value is a file with a certificate, a key or known hosts. */
const FILE_OPTION =
  /^repo\d+-((storage|host)-ca-file|host-(cert|key)-file|sftp-(private-key-file|public-key-file|known-host)|gcs-key)$/;

/**
 * The configuration of a run: from the user's the repositories with their secrets and how to reach them, and nothing
 * else; no data directory or host of production, and lock, log and spool paths of the run's own. pgBackRest's restore
 * empties `<spool-path>/archive/<stanza>` (since 2.34), which must not be production's.
 */
export function privateConfig(user: UserConfig, options: PrivateConfigOptions): PrivateConfig {
  const { stanza, repo } = options;
  const shared = optionsFor(user, stanza, 'restore');
  const archiveGet = optionsFor(user, stanza, 'archive-get');
  const entries: IniEntry[] = [
    ...carried('global', withKnownHosts(shared), repo),
    { section: 'global', key: 'lock-path', value: options.lockPath },
    { section: 'global', key: 'log-path', value: options.logPath },
    { section: 'global', key: 'spool-path', value: options.spoolPath },
    { section: 'global', key: 'log-level-file', value: 'off' },
    ...forArchiveGet(archiveGet, options).filter(({ key, value }) => !shared.get(key)?.includes(value)),
  ];
  const files: { path: string; content: string }[] = [];
  const placed = entries.map((entry, index) => {
    // A file that cannot be read here stays where it is; pgBackRest says what is wrong with it, if it needs it.
    const content = FILE_OPTION.test(entry.key) ? options.readFile(atHome(entry.value)) : null;
    if (content === null) return entry;
    const path = join(options.filesPath, `${entry.key}-${index}`);
    files.push({ path, content });
    return { ...entry, value: path };
  });
  return { content: formatIni(placed), files };
}

/** What archive-get has of its own; an option that may not repeat stands there once (2.45: "cannot be set multiple times"). */
function forArchiveGet(
  configured: ReadonlyMap<string, readonly string[]>,
  { repo, walFetch }: Pick<PrivateConfigOptions, 'repo' | 'walFetch'>,
): IniEntry[] {
  const section = 'global:archive-get';
  const processes = configured.get('process-max') ?? [];
  const ours = new Map(
    walFetch === 'ahead' ? aheadOptions(configured) : processes.map((value) => ['process-max', value] as const),
  );
  return [
    ...carried(section, configured, repo).filter(({ key }) => !ours.has(key)),
    ...[...ours].map(([key, value]) => ({ section, key, value })),
  ];
}

/** A file of this machine that an option names; null when it cannot be read here. */
export function readNamedFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** The files of known hosts that pgBackRest would look into by itself, in the home directory of who runs the drill. */
function withKnownHosts(options: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  const added = [...options].flatMap(([name, values]): [string, readonly string[]][] => {
    const key = values[0] === 'sftp' ? /^repo(\d+)-type$/.exec(name)?.[1] : undefined;
    const option = `repo${key ?? ''}-sftp-known-host`;
    return key === undefined || options.has(option) ? [] : [[option, KNOWN_HOSTS]];
  });
  return new Map([...options, ...added]);
}

const KNOWN_HOSTS = ['~/.ssh/known_hosts', '~/.ssh/known_hosts2', '/etc/ssh/ssh_known_hosts'];

function atHome(path: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
}

function carried(section: string, options: ReadonlyMap<string, readonly string[]>, repo: number | null): IniEntry[] {
  return [...options].flatMap(([key, values]) => {
    const ofRepo = repositoryKey(key);
    const { use } = optionName(key);
    // An option of a repository that is newer than this program may say where it is: pgBackRest is to judge it.
    const wanted = use === 'read' || (use === null && ofRepo !== null);
    if (!wanted || (ofRepo !== null && repo !== null && ofRepo !== repo)) return [];
    return values.map((value) => ({ section, key, value }));
  });
}

/** A SAS token of Azure is a query string; pgBackRest quotes its signature alone, and decoded. */
function signatureOf(secret: string): string[] {
  const signature = /(?:^|[?&])sig=/.test(secret) ? new URLSearchParams(secret).get('sig') : null;
  return signature === null ? [] : [signature];
}

/** Every secret in the user's configuration and environment, to be kept out of all that pgdrill writes. */
export function secretsOf(user: UserConfig): string[] {
  const fromFiles = user.entries.filter(({ key }) => isSecretOption(key)).map(({ value }) => value);
  const fromEnvironment = [...user.environment].filter(([key]) => isSecretOption(key)).map(([, value]) => value);
  return [...fromFiles, ...fromEnvironment].flatMap((secret) => [secret, ...signatureOf(secret)]);
}
