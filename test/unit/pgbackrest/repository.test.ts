import { describe, expect, test } from 'vitest';
import { needsNetwork, placeOf, repositoriesOf, repositoryKey } from '../../../src/pgbackrest/repository.ts';

const options = (values: Record<string, string>): Map<string, string[]> =>
  new Map(Object.entries(values).map(([key, value]) => [key, [value]]));

describe('repositoriesOf', () => {
  test('has them in the order in which pgBackRest tries them, with its defaults', () => {
    const found = repositoriesOf(
      options({ 'repo10-path': '/ten', 'repo2-type': 's3', 'repo1-cipher-type': 'aes-256-cbc', 'pg1-path': '/d' }),
    );
    expect(found).toEqual([
      { key: 1, type: 'posix', host: null, path: '/var/lib/pgbackrest', cipher: 'aes-256-cbc' },
      { key: 2, type: 's3', host: null, path: '/var/lib/pgbackrest', cipher: 'none' },
      { key: 10, type: 'posix', host: null, path: '/ten', cipher: 'none' },
    ]);
  });

  test('without any option there is the first, where pgBackRest puts it', () => {
    expect(repositoriesOf(options({}))).toMatchObject([{ key: 1, path: '/var/lib/pgbackrest' }]);
  });
});

test.each([
  ['repo1-path', 1],
  ['repo12-s3-key', 12],
  ['pg1-path', null],
  ['report', null],
  ['x-repo1-path', null],
])('%s belongs to repository %s', (option, key) => {
  expect(repositoryKey(option)).toBe(key);
});

test.each([
  [{ 'repo1-path': '/r' }, false],
  [{ 'repo1-type': 'cifs' }, false],
  [{ 'repo1-host': 'backup' }, true],
  [{ 'repo1-type': 's3' }, true],
  [{ 'repo1-type': 'azure' }, true],
  [{ 'repo1-type': 'gcs' }, true],
  [{ 'repo1-type': 'sftp' }, true],
])('%j needs a network: %s', (values, needed) => {
  expect(repositoriesOf(options(values)).map(needsNetwork)).toEqual([needed]);
});

test.each<[Record<string, string>, ReturnType<typeof placeOf>]>([
  [{}, { type: 'posix', location: '/var/lib/pgbackrest', cipher: 'none' }],
  [
    { 'repo1-type': 's3', 'repo1-s3-bucket': 'b', 'repo1-path': '/p', 'repo1-cipher-type': 'aes-256-cbc' },
    { type: 's3', location: 'b/p', cipher: 'aes-256-cbc' },
  ],
  [
    { 'repo1-type': 'gcs', 'repo1-gcs-bucket': 'b', 'repo1-path': '/' },
    { type: 'gcs', location: 'b', cipher: 'none' },
  ],
  [
    { 'repo1-type': 'azure', 'repo1-azure-container': 'c', 'repo1-azure-key': 'K', 'repo1-path': '/p' },
    { type: 'azure', location: 'c/p', cipher: 'none' },
  ],
  [
    { 'repo1-type': 'sftp', 'repo1-sftp-host': 'nas', 'repo1-path': '/p' },
    { type: 'sftp', location: 'nas:/p', cipher: 'none' },
  ],
  [{ 'repo1-host': 'backup' }, { type: null, location: null, cipher: null }],
])('%j is a place', (values, place) => {
  const [repository] = repositoriesOf(options(values));
  expect(repository && placeOf(repository, options(values))).toEqual(place);
});
