import type { RepositoryConfig } from './repository.ts';

type Options = ReadonlyMap<string, readonly string[]>;

/** A host and a TCP port that a repository is reached at. */
interface Service {
  readonly host: string;
  readonly port: number;
}

/** Where clouds tell a machine its credentials. */
const METADATA: Service = { host: '169.254.169.254', port: 80 };

/**
 * The services that reading a repository takes, from the options in force: the repository's own and, where credentials
 * are fetched, the one that hands them out. Defaults are those of pgBackRest 2.45 to 2.60.
 */
export function servicesOf(repository: RepositoryConfig, options: Options): Service[] {
  const option = (name: string): string | null => options.get(`repo${repository.key}-${name}`)?.[0] ?? null;
  const port = (name: string, usual: number): number => Number(option(name) ?? usual);
  if (repository.host !== null) {
    const tls = option('host-type') === 'tls';
    return [{ host: repository.host, port: port('host-port', tls ? 8432 : 22) }];
  }
  const storage = (endpoint: string): Service => {
    const { host, port: own } = parseEndpoint(option('storage-host') ?? endpoint);
    return { host, port: port('storage-port', own ?? parseEndpoint(endpoint).port ?? 443) };
  };
  switch (repository.type) {
    case 's3': {
      const endpoint = option('s3-endpoint') ?? '';
      const byHost = (option('s3-uri-style') ?? 'host') === 'host';
      const credentials = { auto: [METADATA], 'web-id': [{ host: 'sts.amazonaws.com', port: 443 }] };
      return [
        storage(byHost ? `${option('s3-bucket') ?? ''}.${withoutScheme(endpoint)}` : endpoint),
        ...(credentials[option('s3-key-type') as keyof typeof credentials] ?? []),
      ];
    }
    case 'azure': {
      const endpoint = option('azure-endpoint') ?? 'blob.core.windows.net';
      const byHost = (option('azure-uri-style') ?? 'host') === 'host';
      return [
        storage(byHost ? `${option('azure-account') ?? ''}.${withoutScheme(endpoint)}` : endpoint),
        ...(option('azure-key-type') === 'auto' ? [METADATA] : []),
      ];
    }
    case 'gcs': {
      const byKey = (option('gcs-key-type') ?? 'service') === 'service';
      return [
        storage(option('gcs-endpoint') ?? 'storage.googleapis.com'),
        byKey ? { host: 'oauth2.googleapis.com', port: 443 } : { host: 'metadata.google.internal', port: 80 },
      ];
    }
    case 'sftp':
      return [{ host: option('sftp-host') ?? '', port: port('sftp-host-port', 22) }];
    default:
      return [];
  }
}

function withoutScheme(endpoint: string): string {
  return endpoint.replace(/^https?:\/\//, '');
}

/** `host`, `host:port`, `https://host`, `[2001:db8::1]:443`. */
function parseEndpoint(endpoint: string): { host: string; port: number | null } {
  const usual = endpoint.startsWith('http://') ? 80 : null;
  const match = /^\[([^\]]+)\](?::(\d+))?|^([^:/]+)(?::(\d+))?/.exec(withoutScheme(endpoint));
  const port = match?.[2] ?? match?.[4];
  return { host: match?.[1] ?? match?.[3] ?? '', port: port === undefined ? usual : Number(port) };
}
