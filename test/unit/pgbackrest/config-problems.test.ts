import { describe, expect, test } from 'vitest';
import { refuseInvalid, unknownOptions } from '../../../src/pgbackrest/config-problems.ts';
import {
  COMMANDS,
  KNOWN_OPTIONS,
  OLD_NAMES,
  PATHS,
  REPEATABLE,
  SWITCHES,
} from '../../../src/pgbackrest/known-options.ts';
import { optionName } from '../../../src/pgbackrest/option-name.ts';
import { entriesOf, optionsFor, readUserConfig, type UserConfig } from '../../../src/pgbackrest/user-config.ts';
import { drillErrorOf } from '../../fixtures/errors.ts';

const config = (text: string, environment: Record<string, string> = {}): UserConfig => ({
  entries: entriesOf('x.conf', text),
  sections: [],
  environment: new Map(Object.entries(environment)),
  files: ['x.conf'],
});

describe('the name of an option', () => {
  test.each([
    ['repo1-path', 'repo1-path'],
    ['repo02-path', 'repo2-path'],
    ['repo-path', 'repo1-path'],
    ['backup-host', 'repo1-host'],
    ['backup-user', 'repo1-host-user'],
    ['backup-ssh-port', 'repo1-host-port'],
    ['db-path', 'pg1-path'],
    ['db1-path', 'pg1-path'],
    ['db2-host', 'pg2-host'],
    ['db-user', 'pg1-host-user'],
    ['pg1-user', 'pg1-user'],
    ['retention-full', 'repo1-retention-full'],
    ['repo-s3-host', 'repo1-storage-host'],
    ['repo2-s3-verify-ssl', 'repo2-storage-verify-tls'],
    ['repo2-azure-ca-file', 'repo2-storage-ca-file'],
    ['archive-queue-max', 'archive-push-queue-max'],
    ['hardlink', 'repo1-hardlink'],
    ['process-max', 'process-max'],
    ['tls-cipher-12', 'tls-cipher-12'],
    ['repo-target-time', 'repo-target-time'],
  ])('%s is that of %s', (typed, name) => {
    expect(optionName(typed)).toMatchObject({ name, refused: null });
    expect(optionName(typed).use).not.toBeNull();
  });

  test.each(['repo300-path', 'repo0-path', 'repo-host', 'backup1-host', 'process1-max', 'pg-path', 'retention1-full'])(
    '%s is one that pgBackRest refuses',
    (typed) => {
      expect(optionName(typed).refused).not.toBeNull();
    },
  );

  test.each(['repo1-pth', 'no-archive-async', '; repo1-path', 'Repo1-path', 'backuphost'])('%s is unknown', (typed) => {
    expect(optionName(typed)).toMatchObject({ name: typed, use: null, refused: null });
  });

  test('every old name leads to a known one, and every list names known ones', () => {
    for (const name of [...OLD_NAMES.values(), ...SWITCHES, ...PATHS, ...REPEATABLE])
      expect(KNOWN_OPTIONS.has(name), name).toBe(true);
    expect(COMMANDS.has('archive-get')).toBe(true);
  });
});

test.each([
  ['a comment behind a value', 'repo1-path=/no/such   # here', 'x.conf:2: repo1-path has a comment behind its value'],
  ['no value', 'repo1-path=', 'x.conf:2: repo1-path has no value'],
  ['a relative path', 'repo-path=repo', 'x.conf:2: repo-path is no absolute path'],
  ['a switch that is neither on nor off', 'archive-async=yes', 'x.conf:2: archive-async is neither y nor n'],
  ['one option twice', 'repo1-path=/a\nrepo1-path=/b', 'x.conf:3: repo1-path stands in [global] already, at x.conf:2'],
  [
    'one option under two names',
    'repo1-host=a\nbackup-host=b',
    'x.conf:3: backup-host stands in [global] already as repo1-host, at x.conf:2',
  ],
  ['an index of what is not known that is too large', 'foo257-bar=1', 'x.conf:2: foo257-bar is refused by pgBackRest'],
  ['no value for a directory of its own', 'log-path=', 'x.conf:2: log-path has no value'],
  ['a number of processes twice', 'process-max=1\nprocess-max=1', 'x.conf:3: process-max stands in [global] already'],
  ...['many', '0', '-1', '1000', '0x4', '4.0', '4k'].map((value) => [
    `${value} processes`,
    `process-max=${value}`,
    'x.conf:2: process-max is not a number from 1 to 999',
  ]),
  ['a log level in capitals', 'log-level-file=WARN', 'x.conf:2: log-level-file is not a log level'],
  ['a switch of restore', 'delta=1', 'x.conf:2: delta is neither y nor n'],
  ['a data directory that is no absolute path', '[main]\npg1-path=data', 'x.conf:3: pg1-path is no absolute path'],
  ['an index that is too large', 'repo300-path=/a', 'x.conf:2: repo300-path is refused by pgBackRest'],
])('%s is refused with file and line', (_, lines, words) => {
  const error = drillErrorOf(() => refuseInvalid(config(`[global]\n${lines}\n`), 'main'));
  expect(error.code).toBe('config-invalid');
  expect(error.message).toContain(words);
});

test.each([
  ['a passphrase with a space and a #', '[global]\nrepo1-cipher-pass=a #b'],
  ['a # without a space', '[global]\nrepo1-path=/a#b'],
  ['the same option in two sections', '[global]\nrepo1-path=/a\n[main]\nrepo1-path=/b'],
  ['an option that may be repeated', '[global]\nrepo1-sftp-known-host=/a\nrepo1-sftp-known-host=/b'],
  ['what no restore reads', '[global:backup]\nrepo1-path=b\n[other]\nrepo1-path=c'],
  ['options of production that a restore does not look at', '[main]\npg1-path=/a   # a comment\npg1-port='],
  ['what archive-get takes, where restore alone reads it', '[main:restore]\narchive-async=yes'],
  ['what restore takes, where archive-get alone reads it', '[main:archive-get]\ndelta=yes'],
  ['a path of a server for no stanza', '[global]\npg1-path=a'],
  ['numbers of processes as pgBackRest 2.45 takes them', '[global]\nprocess-max=+4\n[main]\nprocess-max=08'],
  ['a number of processes that no restore reads', '[global:backup]\nprocess-max=many'],
  ['log levels', '[global]\nlog-level-console=info\nlog-level-stderr=off'],
  ['an option that is not known', '[global]\nfoo-1024=\nfoo-1024='],
])('%s is taken', (_, text) => {
  expect(() => refuseInvalid(config(text), 'main')).not.toThrow();
});

test('what is not known is named with its place, and without its value', () => {
  const text = `[global]
repo1-pth=hunter2
[global:bakup]
repo1-path=/x
[main]
frobnicate=1
target=now
[other]
nonsense=1
`;
  const found = unknownOptions(config(text, { 'repo1-hots': 'x' }), 'main');
  expect(found.map(({ what }) => what)).toEqual([
    'x.conf:2: repo1-pth',
    'x.conf:4: repo1-path in the section [global:bakup]',
    'x.conf:6: frobnicate',
    'x.conf:7: target',
    'PGBACKREST_REPO1_HOTS in the environment',
  ]);
  expect(found[0]?.hint).toContain('did you mean repo1-path?');
  expect(found[1]?.hint).toContain('did you mean backup?');
  expect(found[4]?.hint).toContain('did you mean repo1-host?');
});

test('old names in the environment win over new ones in a file', () => {
  const { environment } = readUserConfig(null, {
    PGBACKREST_CONFIG_PATH: '/no/such',
    PGBACKREST_REPO_PATH: '/from-env',
    PGBACKREST_DB_PATH: '/data',
    PGBACKREST_REPO1_SFTP_KNOWN_HOST: '/a:/b',
  });
  const options = optionsFor({ ...config('[global]\nrepo1-path=/from-file\n'), environment }, 'main', 'restore');
  expect(options.get('repo1-path')).toEqual(['/from-env']);
  expect(options.get('pg1-path')).toEqual(['/data']);
  expect(options.get('repo1-sftp-known-host')).toEqual(['/a', '/b']);
});
