import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { optionsFor, productionPaths, readUserConfig, stanzasOf } from '../../../src/pgbackrest/user-config.ts';
import { drillErrorOf } from '../../fixtures/errors.ts';
import { directoryWith } from '../../fixtures/plans.ts';

describe('where the configuration is looked for', () => {
  const files = {
    'etc/pgbackrest.conf': '[global]\nrepo1-path=/from-main\n[main]\npg1-path=/data\n',
    'etc/conf.d/20.conf': '[global]\nrepo1-path=/from-20\n',
    'etc/conf.d/10.conf': '[global]\nrepo1-path=/from-10\n',
    'etc/conf.d/30.conf.off': '[global]\nrepo1-path=/from-30\n',
    'other.conf': '[global]\nrepo1-path=/from-other\n',
    'more/x.conf': '[global]\nrepo2-path=/from-more\n',
  };

  test.each<[string, string | null, Record<string, string>, string[]]>([
    ['--config alone', 'other.conf', {}, ['other.conf']],
    [
      '--config, whatever the environment says',
      'other.conf',
      { PGBACKREST_CONFIG: 'etc/pgbackrest.conf' },
      ['other.conf'],
    ],
    ['PGBACKREST_CONFIG, without a conf.d', null, { PGBACKREST_CONFIG: 'other.conf' }, ['other.conf']],
    [
      'PGBACKREST_CONFIG_PATH with its conf.d, by name',
      null,
      { PGBACKREST_CONFIG_PATH: 'etc' },
      ['etc/pgbackrest.conf', 'etc/conf.d/10.conf', 'etc/conf.d/20.conf'],
    ],
    [
      'PGBACKREST_CONFIG with PGBACKREST_CONFIG_INCLUDE_PATH',
      null,
      { PGBACKREST_CONFIG: 'other.conf', PGBACKREST_CONFIG_INCLUDE_PATH: 'more' },
      ['other.conf', 'more/x.conf'],
    ],
  ])('%s', (_, asked, env, expected) => {
    const root = directoryWith(files);
    const absolute = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, join(root, value)]));
    const config = readUserConfig(asked === null ? null : join(root, asked), absolute);
    expect(config.files).toEqual(expected.map((file) => join(root, file)));
  });

  test('options in the environment are enough', () => {
    const config = readUserConfig(null, { PGBACKREST_CONFIG_PATH: '/no/such', PGBACKREST_REPO1_PATH: '/repo' });
    expect(optionsFor(config, 'main', 'restore').get('repo1-path')).toEqual(['/repo']);
  });

  test.each([
    ['nowhere', null, { PGBACKREST_CONFIG_PATH: '/no/such' }],
    ['in the file that was named', '/no/such/file.conf', {}],
    ['in the file that the environment names', null, { PGBACKREST_CONFIG: '/no/such/file.conf' }],
  ])('when it is %s, the run cannot begin', (_, asked, env) => {
    expect(drillErrorOf(() => readUserConfig(asked, env)).code).toBe('config-missing');
  });

  test('a line that is none is told with file and line, and without its text, which may be a secret', () => {
    const root = directoryWith({ 'x.conf': '[global]\nrepo1-path=/r\nhunter2\n' });
    const error = drillErrorOf(() => readUserConfig(join(root, 'x.conf'), {}));
    expect(error.code).toBe('config-invalid');
    expect(error.message).toContain('x.conf:3:');
    expect(error.message).not.toContain('hunter2');
  });
});

function configuredDirectory(): string {
  return directoryWith({
    'x.conf': `[main]
repo1-path=/of-stanza
process-max=3
tls-server-auth=a=main
tls-server-auth=b=main
[main:restore]
process-max=4
[global:restore]
process-max=2
buffer-size=2MiB
[global]
process-max=1
buffer-size=1MiB
repo1-path=/of-global
compress-level=9
[other]
repo1-path=/of-other
`,
  });
}

describe('which value is in force', () => {
  test.each([
    ['process-max', 'restore', ['4']],
    ['process-max', 'archive-get', ['3']],
    ['repo1-path', 'restore', ['/of-stanza']],
    ['buffer-size', 'restore', ['2MiB']],
    ['buffer-size', 'info', ['1MiB']],
    ['compress-level', 'info', ['9']],
    ['tls-server-auth', 'info', ['a=main', 'b=main']],
    ['nothing', 'info', undefined],
  ])('%s of %s is %j, wherever it stands in the file', (option, command, expected) => {
    const config = readUserConfig(join(configuredDirectory(), 'x.conf'), {});
    expect(optionsFor(config, 'main', command).get(option)).toEqual(expected);
  });

  test('the environment wins over all files; what is empty there is not set', () => {
    const env = {
      PGBACKREST_PROCESS_MAX: '9',
      PGBACKREST_REPO1_CIPHER_PASS: 'secret',
      PGBACKREST_BUFFER_SIZE: '',
      HOME: '/x',
    };
    const options = optionsFor(readUserConfig(join(configuredDirectory(), 'x.conf'), env), 'main', 'restore');
    expect(options.get('process-max')).toEqual(['9']);
    expect(options.get('repo1-cipher-pass')).toEqual(['secret']);
    expect(options.get('buffer-size')).toEqual(['2MiB']);
    expect(options.has('home')).toBe(false);
  });

  test('the stanzas are the sections that are not global', () => {
    expect(stanzasOf(readUserConfig(join(configuredDirectory(), 'x.conf'), {}))).toEqual(['main', 'other']);
  });
});

test('data directories of production are found for every stanza, host and old name', () => {
  const root = directoryWith({
    'x.conf': `[main]
pg1-path=/data/one
pg2-path=/data/two
pg2-host=standby
[old]
db-path=/data/old
[older]
db1-path=/data/older
db1-host=far
`,
  });
  expect(productionPaths(readUserConfig(join(root, 'x.conf'), {}))).toEqual([
    { path: '/data/one', local: true },
    { path: '/data/two', local: false },
    { path: '/data/old', local: true },
    { path: '/data/older', local: false },
  ]);
});
