import { readNamedFile } from './private-config.ts';
import type { RepositoryConfig } from './repository.ts';
import { servicesOf } from './services.ts';

type Options = ReadonlyMap<string, readonly string[]>;

/** A bucket of S3, and how pgBackRest gets at it. */
export interface S3Place {
  readonly bucket: string;
  readonly url: string;
  /** Where to connect, which may be another host than that of the URL (storage-host). */
  readonly connect: { readonly host: string; readonly port: number };
  readonly region: string;
  readonly key: string;
  readonly secret: string;
  readonly token: string | null;
  /** An authority of the user's own; null: those of this machine. */
  readonly ca: string | null;
  readonly verifyTls: boolean;
}

/**
 * Where the bucket of a repository is, and with which key; null: it is in no S3 that this machine reaches with a key of the
 * configuration. Defaults are those of pgBackRest 2.45 to 2.60.
 */
export function s3PlaceOf(repository: RepositoryConfig, options: Options): S3Place | null {
  const option = (name: string): string | null => options.get(`repo${repository.key}-${name}`)?.[0] ?? null;
  const [bucket, endpoint, region] = [option('s3-bucket'), option('s3-endpoint'), option('s3-region')];
  const [key, secret] = [option('s3-key'), option('s3-key-secret')];
  const [connect] = servicesOf(repository, options);
  const isShared = (option('s3-key-type') ?? 'shared') === 'shared';
  if (repository.type !== 's3' || repository.host !== null || !isShared || connect === undefined) return null;
  if (bucket === null || endpoint === null || region === null || key === null || secret === null) return null;
  const server = endpoint.replace(/^https?:\/\//, '');
  const byHost = (option('s3-uri-style') ?? 'host') === 'host';
  const ca = option('storage-ca-file');
  return {
    bucket,
    url: byHost ? `https://${bucket}.${server}/` : `https://${server}/${bucket}`,
    connect,
    region,
    key,
    secret,
    token: option('s3-token'),
    ca: ca === null ? null : readNamedFile(ca),
    verifyTls: option('storage-verify-tls') !== 'n',
  };
}
