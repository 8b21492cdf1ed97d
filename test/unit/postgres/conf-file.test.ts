import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LocalHost } from '../../../src/host/local-host.ts';
import { currentUser } from '../../../src/host/run-user.ts';
import { parseConf, quoteConf, readRestoredConf } from '../../../src/postgres/conf-file.ts';
import { directoryWith } from '../../fixtures/plans.ts';

const host = new LocalHost({ user: currentUser(), fence: null, env: {} });

describe('parseConf', () => {
  test.each([
    ['shared_buffers = 128MB', 'shared_buffers', '128MB'],
    ['shared_buffers=128MB', 'shared_buffers', '128MB'],
    ['shared_buffers 128MB', 'shared_buffers', '128MB'],
    ["  shared_buffers = '4GB'   # a lot", 'shared_buffers', '4GB'],
    ['Shared_Buffers = 4GB#none', 'shared_buffers', '4GB'],
    ['search_path = \'"$user", public\'', 'search_path', '"$user", public'],
    ["log_line_prefix = '%m [%p] # '", 'log_line_prefix', '%m [%p] # '],
    ["application_name = 'it''s'", 'application_name', "it's"],
    [String.raw`application_name = 'it\'s'`, 'application_name', "it's"],
    [String.raw`archive_command = 'test \\ x'`, 'archive_command', String.raw`test \ x`],
    ["archive_command = ''", 'archive_command', ''],
    ['pg_stat_statements.max = 1000', 'pg_stat_statements.max', '1000'],
    ["include_dir 'conf.d'", 'include_dir', 'conf.d'],
    ['wal_level = replica\r', 'wal_level', 'replica'],
    ['checkpoint_completion_target = 0.9', 'checkpoint_completion_target', '0.9'],
  ])('%j', (line, name, value) => {
    expect(parseConf(line)).toEqual([{ name, value }]);
  });

  test.each(['', '# shared_buffers = 1GB', '   ', '= 4', '4 = x', "a = 'unclosed"])('%j sets nothing', (line) => {
    expect(parseConf(line)).toEqual([]);
  });

  test.each(["it's", String.raw`back\slash`, '%m [%p] ', '', "'", String.raw`\'`])(
    'reads back what quoteConf writes: %j',
    (value) => {
      expect(parseConf(`name = ${quoteConf(value)}`)).toEqual([{ name: 'name', value }]);
    },
  );
});

describe('readRestoredConf', () => {
  test('the last of a name counts, includes in their place, and postgresql.auto.conf over all', async () => {
    const data = directoryWith({
      'postgresql.conf': `shared_buffers = 1GB
work_mem = 1MB
include 'more.conf'
include_dir 'conf.d'
wal_level = logical
`,
      'more.conf': "shared_buffers = 2GB\ninclude_if_exists 'none.conf'\n",
      'conf.d/20.conf': 'work_mem = 20MB\n',
      'conf.d/10.conf': 'work_mem = 10MB\nmax_wal_size = 10GB\n',
      'conf.d/30.conf.disabled': 'work_mem = 30MB\n',
      'conf.d/.40.conf': 'work_mem = 40MB\n',
      'postgresql.auto.conf': "max_wal_size = '40GB'\n",
    });
    const { settings, found } = await readRestoredConf(host, data);
    expect(Object.fromEntries(settings)).toEqual({
      shared_buffers: '2GB',
      work_mem: '20MB',
      wal_level: 'logical',
      max_wal_size: '40GB',
    });
    expect(found).toBe(true);
  });

  test('files outside the data directory are never read', async () => {
    const root = directoryWith({
      'etc/secret.conf': 'shared_buffers = 9GB\n',
      'data/postgresql.conf': "shared_buffers = 1GB\ninclude '../etc/secret.conf'\ninclude_dir '../etc'\n",
    });
    const { settings } = await readRestoredConf(host, join(root, 'data'));
    expect(settings.get('shared_buffers')).toBe('1GB');
  });

  test('a file that includes itself does no harm', async () => {
    const data = directoryWith({ 'postgresql.conf': "include 'postgresql.conf'\nwork_mem = 1MB\n" });
    expect((await readRestoredConf(host, data)).settings.get('work_mem')).toBe('1MB');
  });

  test('Debian keeps postgresql.conf elsewhere: it is not found, but ALTER SYSTEM is', async () => {
    const data = directoryWith({ 'postgresql.auto.conf': "shared_buffers = '3GB'\n" });
    const { settings, found } = await readRestoredConf(host, data);
    expect(found).toBe(false);
    expect(settings.get('shared_buffers')).toBe('3GB');
  });
});
