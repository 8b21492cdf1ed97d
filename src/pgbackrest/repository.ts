/** A repository as the configuration describes it. */
export interface RepositoryConfig {
  readonly key: number;
  /** posix, cifs, s3, azure, gcs or sftp; on a repository host the type is that host's business, and `posix` here. */
  readonly type: string;
  /** The host that serves it, null when this machine reads it itself. */
  readonly host: string | null;
  readonly path: string;
  readonly cipher: string;
}

type Options = ReadonlyMap<string, readonly string[]>;

const DEFAULT_PATH = '/var/lib/pgbackrest';

/** Options of one repository. */
function optionOf(options: Options, key: number): (name: string) => string | null {
  return (name) => options.get(`repo${key}-${name}`)?.[0] ?? null;
}

/** The repositories of the options in force, in the order in which pgBackRest tries them. */
export function repositoriesOf(options: Options): RepositoryConfig[] {
  const keys = new Set([...options.keys()].flatMap((name) => repositoryKey(name) ?? []));
  if (keys.size === 0) keys.add(1);
  return [...keys]
    .toSorted((a, b) => a - b)
    .map((key) => {
      const option = optionOf(options, key);
      return {
        key,
        type: option('type') ?? 'posix',
        host: option('host'),
        path: option('path') ?? DEFAULT_PATH,
        cipher: option('cipher-type') ?? 'none',
      };
    });
}

/** The number in `repo2-path`; null for an option that is of no repository. */
export function repositoryKey(option: string): number | null {
  const match = /^repo(\d+)-/.exec(option);
  return match ? Number(match[1]) : null;
}

/** Whether reading this repository takes a network. */
export function needsNetwork(repository: RepositoryConfig): boolean {
  return repository.host !== null || !['posix', 'cifs'].includes(repository.type);
}

/** A repository for people who look for it. What only its host knows is null, unless it is configured here too. */
interface RepositoryPlace {
  readonly type: string | null;
  /** The path; before it the bucket or container, or the host of SFTP. */
  readonly location: string | null;
  readonly cipher: string | null;
}

/** Where a repository lies and whether it is encrypted, as far as the options say. No secret is in it. */
export function placeOf({ key, host }: Pick<RepositoryConfig, 'key' | 'host'>, options: Options): RepositoryPlace {
  const option = optionOf(options, key);
  const usual = (value: string): string | null => (host === null ? value : null);
  const type = option('type') ?? usual('posix');
  const path = option('path') ?? usual(DEFAULT_PATH);
  return { type, location: locationOf(type, path, option), cipher: option('cipher-type') ?? usual('none') };
}

function locationOf(type: string | null, path: string | null, option: (name: string) => string | null): string | null {
  const container = { s3: 's3-bucket', gcs: 'gcs-bucket', azure: 'azure-container' }[type ?? ''];
  const below = path === null || path === '/' ? '' : path;
  if (container !== undefined) return `${option(container) ?? '?'}${below}`;
  return type === 'sftp' ? `${option('sftp-host') ?? '?'}:${path ?? ''}` : path;
}
