import { expect, test } from 'vitest';
import { parsePostmasterOpts } from '../../../src/postgres/postmaster-opts.ts';
import { isDispensable, preloaded } from '../../../src/postgres/preload.ts';

test.each([
  ['', []],
  ['pg_cron', ['pg_cron']],
  [' $libdir/pg_cron.so , "pg_stat_statements",timescaledb,', ['pg_cron', 'pg_stat_statements', 'timescaledb']],
])('shared_preload_libraries = %j', (value, libraries) => {
  expect(preloaded(value)).toEqual(libraries);
});

test('only modules that leave nothing in the data can be done without', () => {
  expect([isDispensable('pg_stat_statements'), isDispensable('timescaledb')]).toEqual([true, false]);
});

test.each([
  [
    '/usr/lib/postgresql/15/bin/postgres "-D" "/var/lib/postgresql/15/main" "-c" "config_file=/etc/postgresql/15/main/postgresql.conf"\n',
    { program: '/usr/lib/postgresql/15/bin/postgres', configFile: '/etc/postgresql/15/main/postgresql.conf' },
  ],
  [
    '/opt/pg 17/bin/postgres "--config-file=/srv/pg.conf"\n',
    { program: '/opt/pg 17/bin/postgres', configFile: '/srv/pg.conf' },
  ],
  ['/usr/bin/postgres\n', { program: '/usr/bin/postgres', configFile: null }],
  ['', null],
  ['postgres "-D" "data"\n', null],
])('postmaster.opts: %j', (text, expected) => {
  expect(parsePostmasterOpts(text)).toEqual(expected);
});
