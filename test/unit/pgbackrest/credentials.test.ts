import { expect, test } from 'vitest';
import { credentialsOf } from '../../../src/pgbackrest/credentials.ts';
import { repositoriesOf } from '../../../src/pgbackrest/repository.ts';

const ENV = {
  AWS_ROLE_ARN: 'r',
  AWS_WEB_IDENTITY_TOKEN_FILE: '/token',
  SSH_AUTH_SOCK: '/agent',
  PGPASSWORD: 'x',
  HOME: '/h',
};

function needed(options: Record<string, string>): ReturnType<typeof credentialsOf> {
  const all = new Map(Object.entries(options).map(([name, value]) => [name, [value]]));
  return credentialsOf(repositoriesOf(all), all, ENV);
}

test.each([
  ['a disk', { 'repo1-path': '/r' }, [], []],
  [
    'S3',
    { 'repo1-type': 's3', 'repo1-storage-ca-path': '/ca' },
    ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'],
    ['/token', '/ca'],
  ],
  ['a host by SSH', { 'repo1-host': 'backup' }, ['SSH_AUTH_SOCK'], ['/agent', '~/.ssh']],
  ['a host by TLS', { 'repo1-host': 'backup', 'repo1-host-type': 'tls', 'repo1-host-key-file': '/k' }, [], ['/k']],
  ['SFTP', { 'repo1-type': 'sftp' }, ['SSH_AUTH_SOCK'], ['/agent', '~/.ssh']],
])('%s', (_, options, variables, paths) => {
  const { variables: found, paths: read } = needed(options);
  expect([Object.keys(found), read]).toEqual([variables, paths]);
});
