import { formatIni, type IniEntry } from './ini.ts';
import { repositoryKey } from './repository.ts';
import { optionsFor, type UserConfig } from './user-config.ts';

/** Options, besides those of the repositories, that say how to reach and read one. */
const CARRIED = new Set([
  'archive-async',
  'archive-get-queue-max',
  'archive-missing-retry',
  'buffer-size',
  'cmd-ssh',
  'compress-level-network',
  'io-timeout',
  'job-retry',
  'job-retry-interval',
  'protocol-timeout',
  'sck-block',
  'sck-keep-alive',
  'tcp-keep-alive-count',
  'tcp-keep-alive-idle',
  'tcp-keep-alive-interval',
]);

const WRITING_REPOSITORY_OPTION = /^repo\d*-(retention-|bundle|block|hardlink)/;
const SECRET_OPTION =
  /(cipher-pass|s3-key|s3-key-secret|s3-token|s3-sse-customer-key|azure-key|passphrase|password|secret|token)$/;

interface PrivateConfigOptions {
  readonly stanza: string;
  /** Only this repository goes in, so that no other can quietly stand in for it; null: all of them. */
  readonly repo: number | null;
  /** The run's own directories. */
  readonly lockPath: string;
  readonly logPath: string;
  readonly spoolPath: string;
}

/**
 * The configuration of a run: from the user's the repositories with their secrets and how to reach them, and nothing
 * else; no data directory or host of production, and lock, log and spool paths of the run's own. pgBackRest's restore
 * empties `<spool-path>/archive/<stanza>` (since 2.34), which must not be production's.
 */
export function privateConfig(user: UserConfig, options: PrivateConfigOptions): string {
  const { stanza, repo } = options;
  const shared = optionsFor(user, stanza, 'restore');
  const archiveGet = optionsFor(user, stanza, 'archive-get');
  const entries: IniEntry[] = [
    ...carried('global', shared, repo),
    { section: 'global', key: 'lock-path', value: options.lockPath },
    { section: 'global', key: 'log-path', value: options.logPath },
    { section: 'global', key: 'spool-path', value: options.spoolPath },
    { section: 'global', key: 'log-level-file', value: 'off' },
    ...carried('global:archive-get', archiveGet, repo).filter(({ key, value }) => !shared.get(key)?.includes(value)),
    ...(archiveGet.get('process-max') ?? []).map((value) => ({
      section: 'global:archive-get',
      key: 'process-max',
      value,
    })),
  ];
  return formatIni(entries);
}

function carried(section: string, options: ReadonlyMap<string, readonly string[]>, repo: number | null): IniEntry[] {
  return [...options].flatMap(([key, values]) => {
    const ofRepo = repositoryKey(key);
    const wanted = ofRepo === null ? CARRIED.has(key) : repo === null || ofRepo === repo;
    if (!wanted || WRITING_REPOSITORY_OPTION.test(key)) return [];
    return values.map((value) => ({ section, key, value }));
  });
}

/** Every secret in the user's configuration and environment, to be kept out of all that pgdrill writes. */
export function secretsOf(user: UserConfig): string[] {
  const fromFiles = user.entries.filter(({ key }) => SECRET_OPTION.test(key)).map(({ value }) => value);
  const fromEnvironment = [...user.environment].filter(([key]) => SECRET_OPTION.test(key)).map(([, value]) => value);
  return [...fromFiles, ...fromEnvironment];
}
