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

/** The repositories of the options in force, in the order in which pgBackRest tries them. */
export function repositoriesOf(options: Options): RepositoryConfig[] {
  const keys = new Set([...options.keys()].flatMap((name) => repositoryKey(name) ?? []));
  if (keys.size === 0) keys.add(1);
  return [...keys]
    .toSorted((a, b) => a - b)
    .map((key) => {
      const option = (name: string): string | null =>
        options.get(`repo${key}-${name}`)?.[0] ?? (key === 1 ? (options.get(`repo-${name}`)?.[0] ?? null) : null);
      return {
        key,
        type: option('type') ?? 'posix',
        host: option('host'),
        path: option('path') ?? '/var/lib/pgbackrest',
        cipher: option('cipher-type') ?? 'none',
      };
    });
}

/** The number in `repo2-path`; options of old configurations without one (`repo-path`) belong to the first. */
export function repositoryKey(option: string): number | null {
  const match = /^repo(\d*)-/.exec(option);
  return match ? Number(match[1] || 1) : null;
}

/** Whether reading this repository takes a network. */
export function needsNetwork(repository: RepositoryConfig): boolean {
  return repository.host !== null || !['posix', 'cifs'].includes(repository.type);
}
