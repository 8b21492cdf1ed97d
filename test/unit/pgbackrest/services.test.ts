import { expect, test } from 'vitest';
import { parseIni } from '../../../src/pgbackrest/ini.ts';
import { repositoriesOf } from '../../../src/pgbackrest/repository.ts';
import { servicesOf } from '../../../src/pgbackrest/services.ts';

/** The services of the first repository of these options. */
function services(lines: string): string[] {
  const { entries } = parseIni(`[global]\n${lines.replaceAll(' ', '\n')}\n`);
  const options = new Map(entries.map(({ key, value }) => [key, [value]]));
  const [repository] = repositoriesOf(options);
  return repository ? servicesOf(repository, options).map(({ host, port }) => `${host}:${port}`) : [];
}

test.each([
  ['repo1-path=/var/lib/pgbackrest', []],
  ['repo1-host=backup.example', ['backup.example:22']],
  ['repo1-host=backup.example repo1-host-port=2222', ['backup.example:2222']],
  ['repo1-host=backup.example repo1-host-type=tls', ['backup.example:8432']],
  [
    'repo1-type=s3 repo1-s3-bucket=b repo1-s3-endpoint=s3.eu-west-1.amazonaws.com',
    ['b.s3.eu-west-1.amazonaws.com:443'],
  ],
  [
    'repo1-type=s3 repo1-s3-bucket=b repo1-s3-endpoint=minio.example:9000 repo1-s3-uri-style=path',
    ['minio.example:9000'],
  ],
  [
    'repo1-type=s3 repo1-s3-bucket=b repo1-s3-endpoint=http://minio.example repo1-s3-uri-style=path',
    ['minio.example:80'],
  ],
  [
    'repo1-type=s3 repo1-s3-bucket=b repo1-s3-endpoint=e repo1-storage-host=10.0.0.9 repo1-storage-port=9000',
    ['10.0.0.9:9000'],
  ],
  ['repo1-type=s3 repo1-s3-bucket=b repo1-s3-endpoint=e repo1-s3-key-type=auto', ['b.e:443', '169.254.169.254:80']],
  [
    'repo1-type=s3 repo1-s3-bucket=b repo1-s3-endpoint=e repo1-s3-key-type=web-id',
    ['b.e:443', 'sts.amazonaws.com:443'],
  ],
  ['repo1-type=azure repo1-azure-account=shop', ['shop.blob.core.windows.net:443']],
  [
    'repo1-type=azure repo1-azure-account=shop repo1-azure-uri-style=path repo1-storage-host=10.0.0.9',
    ['10.0.0.9:443'],
  ],
  ['repo1-type=gcs repo1-gcs-bucket=b', ['storage.googleapis.com:443', 'oauth2.googleapis.com:443']],
  ['repo1-type=gcs repo1-gcs-key-type=auto', ['storage.googleapis.com:443', 'metadata.google.internal:80']],
  ['repo1-type=sftp repo1-sftp-host=box.example', ['box.example:22']],
  ['repo1-type=sftp repo1-sftp-host=box.example repo1-sftp-host-port=23', ['box.example:23']],
])('%s is reached at %j', (lines, expected) => {
  expect(services(lines)).toEqual(expected);
});
