import { describe, expect, test } from 'vitest';
import { chooseSettings, isSettableByPlan, type ChosenSettings } from '../../../src/postgres/settings.ts';

const GB = 1024 ** 3;
const MINIMUMS = { max_connections: 150, max_wal_senders: 10, max_prepared_transactions: 0 };

interface Given {
  readonly major?: number;
  readonly production?: Record<string, string>;
  readonly memoryBytes?: number;
  readonly memoryLimitBytes?: number;
  readonly extra?: Record<string, string | number | boolean | null>;
  readonly preload?: string[];
  readonly standby?: boolean;
  readonly segmentBytes?: number;
}

function choose(given: Given = {}): ChosenSettings {
  return chooseSettings({
    major: given.major ?? 15,
    production: new Map(Object.entries(given.production ?? {})),
    control: {
      standbyMinimums: new Map(Object.entries(MINIMUMS)),
      segmentBytes: given.segmentBytes ?? 16 * 1024 ** 2,
    },
    memoryBytes: given.memoryBytes ?? 16 * GB,
    memoryLimitBytes: given.memoryLimitBytes ?? null,
    extra: given.extra ?? {},
    preload: given.preload ?? [],
    standby: given.standby ?? false,
  });
}

describe('shared_buffers', () => {
  test("that production does not state are a quarter of a container's memory", () => {
    const { settings, recorded } = choose({ memoryLimitBytes: 2 * GB });
    expect(settings.get('shared_buffers')).toBe(`${(GB / 2 / 1024).toFixed(0)}kB`);
    expect(recorded.find(({ name }) => name === 'shared_buffers')).toMatchObject({ production: null });
    const stated = choose({ memoryLimitBytes: 2 * GB, production: { shared_buffers: '64MB' } });
    expect(stated.settings.get('shared_buffers')).toBe('64MB');
    expect(choose().settings.has('shared_buffers')).toBe(false);
  });

  test.each([
    ['4GB', 16 * GB, '4GB'],
    ['8GB', 16 * GB, `${Math.floor((16 * GB * 0.4) / 1024)}kB`],
    ['1048576', 16 * GB, `${Math.floor((16 * GB * 0.4) / 1024)}kB`],
    ['16384', 16 * GB, '16384'],
    ['128MB', GB, '128MB'],
    ['128MB', 0, '1024kB'],
  ])('%s of production, on a machine with %i bytes free, is %s', (production, memoryBytes, expected) => {
    expect(choose({ production: { shared_buffers: production }, memoryBytes }).settings.get('shared_buffers')).toBe(
      expected,
    );
  });

  test('that were capped are told of', () => {
    const { recorded } = choose({ production: { shared_buffers: '64GB' }, memoryBytes: GB });
    expect(recorded).toContainEqual({
      name: 'shared_buffers',
      production: '64GB',
      drill: '419430kB',
      why: 'capped: this machine has 1024 MB of memory free',
    });
  });
});

test('what bears on the RTO is as in production, and told of', () => {
  const production = { max_wal_size: '16GB', checkpoint_timeout: '1h', recovery_prefetch: 'off' };
  const { settings, recorded } = choose({ production });
  for (const [name, value] of Object.entries(production)) {
    expect(settings.get(name)).toBe(value);
    expect(recorded).toContainEqual({ name, production: value, drill: value, why: 'as in production' });
  }
});

test.each([12, 13, 14, 15, 16, 17, 18])(
  'fsync and full_page_writes stay on, with PostgreSQL %i as with any',
  (major) => {
    const { settings, recorded } = choose({
      major,
      production: { fsync: 'off', full_page_writes: 'off' },
      extra: { fsync: 'off', full_page_writes: false },
    });
    expect(settings.get('fsync')).toBe('on');
    expect(settings.get('full_page_writes')).toBe('on');
    expect(recorded).toContainEqual({ name: 'fsync', production: 'off', drill: 'on', why: 'always' });
  },
);

describe('an unknown name would keep PostgreSQL from starting, so', () => {
  test.each([
    ['maintenance_io_concurrency', 13],
    ['recovery_init_sync_method', 14],
    ['recovery_prefetch', 15],
    ['wal_decode_buffer_size', 15],
    ['io_method', 18],
    ['archive_library', 15],
    ['log_startup_progress_interval', 15],
    ['event_triggers', 17],
    ['sync_replication_slots', 17],
  ])('%s is set from %i on', (name, since) => {
    for (let major = 12; major <= 18; major += 1) {
      expect(choose({ major, production: { [name]: '1' } }).settings.has(name)).toBe(major >= since);
    }
  });
});

const ISOLATION: Record<string, string> = {
  archive_mode: 'off',
  archive_command: '/bin/false',
  archive_library: '',
  archive_cleanup_command: '',
  recovery_end_command: '',
  primary_conninfo: '',
  primary_slot_name: '',
  synchronous_standby_names: '',
  max_logical_replication_workers: '0',
  sync_replication_slots: 'off',
  event_triggers: 'off',
  session_preload_libraries: '',
  local_preload_libraries: '',
  shared_preload_libraries: '',
  listen_addresses: '',
  ssl: 'off',
  default_transaction_read_only: 'on',
  logging_collector: 'off',
  log_destination: 'stderr',
  log_line_prefix: '%m [%p] ',
  log_timezone: 'UTC',
  lc_messages: 'C',
  hot_standby: 'off',
};

test.each(Object.entries(ISOLATION))('neither production nor the plan can undo %s = %j', (name, value) => {
  const { settings } = choose({ major: 18, production: { [name]: 'evil' }, extra: { [name]: 'evil' } });
  expect(settings.get(name)).toBe(value);
  expect(isSettableByPlan(name)).toBe(false);
});

test.each([
  'data_directory',
  'config_file',
  'hba_file',
  'ident_file',
  'external_pid_file',
  'port',
  'restore_command',
  'recovery_target_time',
  'recovery_target_timeline',
  'archive_timeout',
  'unix_socket_directories',
  'ssl_cert_file',
  'log_min_messages',
  'cluster_name',
  'include',
  'include_dir',
  'include_if_exists',
  'ignore_checksum_failure',
  'ignore_invalid_pages',
  'ignore_system_indexes',
  'zero_damaged_pages',
])('the plan cannot set %s', (name) => {
  expect(choose({ extra: { [name]: 'evil' } }).settings.get(name)).not.toBe('evil');
});

test.each([
  ['shared_buffers', '4GB', '4GB'],
  ['max_connections', 300, '300'],
  ['work_mem', '64MB', '64MB'],
  ['autovacuum', true, 'true'],
  ['max_wal_size', '8GB', '8GB'],
])('the plan can set %s, which is then told of', (name, value, text) => {
  const { settings, recorded } = choose({ extra: { [name]: value }, production: { [name]: '1' } });
  expect(settings.get(name)).toBe(text);
  expect(recorded.at(-1)).toEqual({ name, production: '1', drill: text, why: 'from the plan' });
});

test('a null in the plan leaves a setting as it is', () => {
  expect(
    choose({ production: { max_wal_size: '1GB' }, extra: { max_wal_size: null } }).settings.get('max_wal_size'),
  ).toBe('1GB');
});

test('a standby gets twice what production had, since its WAL may hold a later raise', () => {
  const { settings } = choose({ standby: true });
  expect(settings.get('max_connections')).toBe('300');
  expect(settings.get('max_wal_senders')).toBe('20');
  expect(settings.get('hot_standby')).toBe('on');
});

test('a standby gets room even for what production had none of', () => {
  const { settings } = choose({ standby: true });
  expect(Number(settings.get('max_prepared_transactions'))).toBeGreaterThan(0);
});

test('a recovery that promotes gets no less than production had', () => {
  const { settings } = choose();
  for (const [name, value] of Object.entries(MINIMUMS))
    expect(Number(settings.get(name))).toBeGreaterThanOrEqual(value);
});

test('only libraries that the plan lists are preloaded, and those left out are told of', () => {
  const { settings, recorded } = choose({
    production: { shared_preload_libraries: 'pg_cron,timescaledb' },
    preload: ['timescaledb'],
  });
  expect(settings.get('shared_preload_libraries')).toBe('timescaledb');
  expect(recorded).toContainEqual(
    expect.objectContaining({
      name: 'shared_preload_libraries',
      production: 'pg_cron,timescaledb',
      drill: 'timescaledb',
    }),
  );
});

test('what changes the answer to a query is as in production', () => {
  const { settings } = choose({
    production: { timezone: 'Europe/Berlin', datestyle: 'ISO, DMY', search_path: 'shop' },
  });
  expect(settings.get('timezone')).toBe('Europe/Berlin');
  expect(settings.get('datestyle')).toBe('ISO, DMY');
  expect(settings.get('search_path')).toBe('shop');
});

describe('what a reader who compares times is told', () => {
  test.each([
    ['fsync', 'true', 'on', 'on'],
    ['fsync', 'no', 'off', 'on'],
    ['huge_pages', 'try', 'try', 'off'],
    ['autovacuum', '1', 'on', 'off'],
    ['wal_buffers', '1', '1', '1'],
  ])('%s = %s', (name, value, production, drill) => {
    const { recorded } = choose({ production: { [name]: value } });
    expect(recorded.find((setting) => setting.name === name)).toMatchObject({ production, drill });
  });

  test('a fixed setting that production has too is no difference', () => {
    const { recorded, settings } = choose({ production: { huge_pages: 'off' } });
    expect(recorded.some(({ name }) => name === 'huge_pages')).toBe(false);
    expect(settings.get('huge_pages')).toBe('off');
  });
});

test.each([
  [16, {}, [undefined, undefined]],
  [64, {}, ['128MB', undefined]],
  [1024, {}, ['2048MB', '2048MB']],
  [64, { min_wal_size: '256MB' }, ['256MB', undefined]],
  [64, { min_wal_size: '256' }, ['256', undefined]],
  [64, { min_wal_size: '32MB' }, ['128MB', undefined]],
])('with WAL segments of %i MB and %j of production the server starts', (segmentMb, production, expected) => {
  const { settings } = choose({ segmentBytes: segmentMb * 1024 ** 2, production });
  expect([settings.get('min_wal_size'), settings.get('max_wal_size')]).toEqual(expected);
});
