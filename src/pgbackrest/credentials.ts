import type { RepositoryConfig } from './repository.ts';

type Options = ReadonlyMap<string, readonly string[]>;

/** What of this machine pgBackRest needs to reach and open repositories, besides its configuration. */
export interface Credentials {
  readonly variables: Readonly<Record<string, string>>;
  /** Files, directories and sockets; `~/` stands for the home directory of who runs pgBackRest. */
  readonly paths: readonly string[];
}

/** Options whose value is a file or a directory with certificates, keys or known hosts. */
const PATH_OPTION = /-(ca-file|ca-path|cert-file|key-file|known-host|gcs-key)$/;

/** The variables that a kind of repository may be opened with; pgBackRest reads AWS_* for `s3-key-type` web-id and pod-id. */
const VARIABLES: Readonly<Record<string, RegExp>> = { s3: /^AWS_/, azure: /^AZURE_/, sftp: /^SSH_AUTH_SOCK$/ };

/** What these repositories need. One on a disk of this machine needs nothing. */
export function credentialsOf(
  repositories: readonly RepositoryConfig[],
  options: Options,
  env: NodeJS.ProcessEnv,
): Credentials {
  const needed = repositories.map((repository) => credentialsOfOne(repository, options, env));
  return {
    variables: Object.assign({}, ...needed.map(({ variables }) => variables)) as Record<string, string>,
    paths: [...new Set(needed.flatMap(({ paths }) => paths))],
  };
}

function credentialsOfOne(
  { key, type, host }: RepositoryConfig,
  options: Options,
  env: NodeJS.ProcessEnv,
): Credentials {
  const byTls = options.get(`repo${key}-host-type`)?.[0] === 'tls';
  const bySsh = host === null ? type === 'sftp' : !byTls;
  const wanted = bySsh ? VARIABLES['sftp'] : host === null ? VARIABLES[type] : undefined;
  const variables = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && wanted?.test(entry[0]) === true,
  );
  const files = variables.flatMap(([name, value]) => (/_(FILE|SOCK)$/.test(name) ? [value] : []));
  const named = [...options].flatMap(([name, values]) =>
    name.startsWith(`repo${key}-`) && PATH_OPTION.test(name) ? values : [],
  );
  const paths = [...files, ...named, ...(bySsh ? ['~/.ssh'] : [])].filter((path) => /^~?\//.test(path));
  return { variables: Object.fromEntries(variables), paths };
}
