import { describe, expect, test } from 'vitest';
import { parseIni } from '../../../src/pgbackrest/ini.ts';
import { privateConfig, secretsOf } from '../../../src/pgbackrest/private-config.ts';
import type { WalFetch } from '../../../src/core/wal-fetch.ts';
import { entriesOf, type UserConfig } from '../../../src/pgbackrest/user-config.ts';

const USER = `[global]
repo1-path=/repo
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass=hunter2
repo1-retention-full=4
repo1-bundle=y
repo1-block=y
repo1-hardlink=y
repo2-type=s3
repo2-s3-bucket=b
repo2-s3-key=AKIAEXAMPLE
repo2-s3-key-secret=s3cret
repo2-s3-token=t0ken
repo2-s3-requester-pays=y
repo10-host=backup.example
repo10-host-user=pgbackrest
spool-path=/var/spool/pgbackrest
lock-path=/tmp/pgbackrest
log-path=/var/log/pgbackrest
log-level-file=detail
log-level-console=debug
archive-async=y
archive-push-queue-max=4GiB
archive-get-queue-max=1GiB
io-timeout=10
process-max=7
compress-type=zst
start-fast=y
checksum-page-error=n
archive-mode-check=n
[global:archive-get]
process-max=3
[main]
pg1-path=/prod/data
pg1-host=db1
pg1-port=5433
recovery-option=primary_conninfo=host=db1
tablespace-map-all=/prod/ts
[other]
repo1-path=/of-another
`;

function user(text = USER, environment: Record<string, string> = {}): UserConfig {
  return {
    entries: entriesOf('x.conf', text),
    sections: [],
    environment: new Map(Object.entries(environment)),
    files: ['x.conf'],
  };
}

const nothing = (): null => null;
const PATHS = { filesPath: '/run/conf', lockPath: '/run/lock', logPath: '/run/log', spoolPath: '/run/spool' };

function privateOf(repo: number | null, config = user(), walFetch: WalFetch = 'as-configured'): Map<string, string[]> {
  const { entries, problems } = parseIni(
    privateConfig(config, { stanza: 'main', repo, walFetch, readFile: nothing, ...PATHS }).content,
  );
  expect(problems).toEqual([]);
  const bySection = Map.groupBy(entries, ({ section, key }) => `${section} ${key}`);
  return new Map([...bySection].map(([key, values]) => [key, values.map(({ value }) => value)]));
}

/** The options of fetching ahead in the configuration of a run whose plan asks for it. */
function ahead(config?: UserConfig): string[][] {
  const options = privateOf(1, config, 'ahead');
  return ['archive-async', 'archive-get-queue-max', 'process-max', 'job-retry'].map(
    (name) => options.get(`global:archive-get ${name}`) ?? options.get(`global ${name}`) ?? [],
  );
}

describe('the configuration of a run', () => {
  test('has the chosen repository with its secrets, and no other that could stand in for it', () => {
    const keys = [...privateOf(1).keys()];
    expect(privateOf(1).get('global repo1-cipher-pass')).toEqual(['hunter2']);
    expect(keys.filter((key) => /repo(2|10)-/.test(key))).toEqual([]);
    expect([...privateOf(10).keys()].filter((key) => key.includes('repo'))).toEqual([
      'global repo10-host',
      'global repo10-host-user',
    ]);
  });

  test('has all of them when none is chosen', () => {
    const keys = [...privateOf(null).keys()];
    for (const key of ['repo1-path', 'repo2-s3-bucket', 'repo10-host']) expect(keys).toContain(`global ${key}`);
  });

  test('has how the bucket is to be read, requester pays included', () => {
    expect(privateOf(2).get('global repo2-s3-requester-pays')).toEqual(['y']);
  });

  test('has paths of its own for locks, logs and spool, each once', () => {
    expect(privateOf(1).get('global lock-path')).toEqual(['/run/lock']);
    expect(privateOf(1).get('global log-path')).toEqual(['/run/log']);
    expect(privateOf(1).get('global spool-path')).toEqual(['/run/spool']);
    expect(privateOf(1).get('global log-level-file')).toEqual(['off']);
  });

  test('names no data directory, host or recovery option of production, and nothing that hides damage', () => {
    const keys = [...privateOf(null).keys()].map((key) => key.split(' ')[1] ?? '');
    expect(keys.filter((key) => /^(pg|db)\d*-/.test(key))).toEqual([]);
    expect(
      keys.filter((key) =>
        /recovery-option|tablespace|checksum-page|archive-mode|log-level-console|start-fast|compress-type/.test(key),
      ),
    ).toEqual([]);
    expect(keys.filter((key) => /retention|bundle|block|hardlink|push/.test(key))).toEqual([]);
  });

  test('carries how WAL is fetched: asynchronous, and with how many processes', () => {
    expect(privateOf(1).get('global archive-async')).toEqual(['y']);
    expect(privateOf(1).get('global archive-get-queue-max')).toEqual(['1GiB']);
    expect(privateOf(1).get('global io-timeout')).toEqual(['10']);
    expect(privateOf(1).get('global:archive-get process-max')).toEqual(['3']);
    expect(privateOf(1).has('global process-max')).toBe(false);
  });

  test('has WAL fetched ahead where the plan asks for it, each option once, whatever is configured', () => {
    expect(ahead()).toEqual([['y'], ['536870912'], ['4'], ['0']]);
    expect(ahead(user('[global]\nrepo1-path=/repo\n'))).toEqual([['y'], ['536870912'], ['4'], ['0']]);
    const section = '[main:archive-get]\narchive-async=n\nprocess-max=8\n';
    expect(ahead(user(`[global]\nrepo1-path=/repo\n${section}`))).toEqual([['y'], ['536870912'], ['8'], ['0']]);
    expect(ahead(user(`${USER}${section}`))).toEqual([['y'], ['536870912'], ['8'], ['0']]);
  });

  test('takes options of the environment, and those of the stanza before the global ones', () => {
    const config = user(`${USER}[main:restore]\nrepo1-path=/nearer\n`, { 'repo1-cipher-pass': 'from-env' });
    expect(privateOf(1, config).get('global repo1-cipher-pass')).toEqual(['from-env']);
    expect(privateOf(1, config).get('global repo1-path')).toEqual(['/nearer']);
  });
});

test('secrets are found in files and in the environment, in every section', () => {
  const text = `${USER}[other]
repo3-azure-key=azure
repo3-sftp-private-key-passphrase=phrase
repo3-storage-password=pw
repo3-s3-sse-customer-key=sse
`;
  expect(secretsOf(user(text, { 'repo4-cipher-pass': 'envpass', 'repo4-path': '/x' })).toSorted()).toEqual(
    ['AKIAEXAMPLE', 'azure', 'envpass', 'hunter2', 'phrase', 'pw', 's3cret', 'sse', 't0ken'].toSorted(),
  );
});

test.each([
  'repo1-path',
  'repo1-s3-bucket',
  'repo1-s3-key-type',
  'repo1-gcs-key',
  'repo1-host-key-file',
  'repo1-cipher-type',
])('%s is no secret, and stays readable', (key) => {
  expect(secretsOf(user(`[global]\n${key}=value\n`))).toEqual([]);
});

test('the signature of a SAS token is a secret of its own', () => {
  const token = 'sv=2021&sig=ab%2Bc%3D&se=2030';
  expect(secretsOf(user(`[global]\nrepo1-azure-key=${token}\n`))).toEqual([token, 'ab+c=']);
});

const readFile = (path: string): string | null => (path.includes('unreadable') ? null : `content of ${path}`);

describe('files that the options name', () => {
  const text = `[global]
repo1-type=sftp
repo1-sftp-private-key-file=/home/me/.ssh/id
repo1-storage-ca-file=/etc/ca.pem
repo1-host-key-file=/root/unreadable
repo2-host-cert-file=/etc/other.pem
`;
  const { content, files } = privateConfig(user(text), { stanza: 'main', repo: 1, readFile, ...PATHS });

  test('go with the configuration, whose options name the copies', () => {
    expect(files.map((file) => file.content)).toContain('content of /home/me/.ssh/id');
    for (const { path } of files) {
      expect(path.startsWith('/run/conf/')).toBe(true);
      expect(content).toContain(`=${path}\n`);
    }
    expect(content).not.toContain('/home/me/.ssh/id\n');
  });

  test('stay where they are when they cannot be read, and those of other repositories are left alone', () => {
    expect(content).toContain('repo1-host-key-file=/root/unreadable\n');
    expect(files.some((file) => file.content.includes('other.pem'))).toBe(false);
  });

  test('of known hosts are found where pgBackRest would look, and only for SFTP', () => {
    expect(files.filter(({ path }) => path.includes('known-host')).length).toBeGreaterThan(0);
    const none = privateConfig(user(), { stanza: 'main', repo: null, readFile, ...PATHS });
    expect(none.files).toEqual([]);
  });
});
