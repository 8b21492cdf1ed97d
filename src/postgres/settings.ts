import { parseBytes } from '../core/bytes.ts';
import type { ControlData } from './control-data.ts';

/** One setting of the copy that differs from production's or bears on the RTO. */
export interface RecordedSetting {
  readonly name: string;
  /** Null when production's value is not in the backup. */
  readonly production: string | null;
  readonly drill: string;
  readonly why: string;
}

interface SettingsInput {
  readonly major: number;
  readonly production: ReadonlyMap<string, string>;
  readonly control: Pick<ControlData, 'standbyMinimums' | 'segmentBytes'>;
  readonly memoryBytes: number;
  /** The memory that a container may use; null: it has no limit of its own. */
  readonly memoryLimitBytes: number | null;
  readonly extra: Readonly<Record<string, string | number | boolean | null>>;
  readonly preload: readonly string[];
  readonly standby: boolean;
  /** Replay is held at positions, where the copy is asked, and goes on. */
  readonly gated?: boolean;
}

export interface ChosenSettings {
  readonly settings: ReadonlyMap<string, string>;
  readonly recorded: readonly RecordedSetting[];
}

/** Settings that change how long recovery takes, and the major version that has them first. */
const BEARS_ON_RTO: Readonly<Record<string, number>> = {
  shared_buffers: 0,
  wal_buffers: 0,
  max_wal_size: 0,
  min_wal_size: 0,
  checkpoint_timeout: 0,
  checkpoint_completion_target: 0,
  effective_io_concurrency: 0,
  maintenance_io_concurrency: 13,
  recovery_init_sync_method: 14,
  recovery_prefetch: 15,
  wal_decode_buffer_size: 15,
  io_method: 18,
  io_workers: 18,
};

/** Settings that change what a query answers. */
const BEARS_ON_QUERIES = [
  'timezone',
  'datestyle',
  'intervalstyle',
  'default_text_search_config',
  'search_path',
  'bytea_output',
];

/**
 * Extra settings may not change what keeps the copy from acting, or what its proof rests on. They may not hide damage
 * (`ignore_…`, `zero_…`).
 */
const NOT_FOR_THE_PLAN =
  /^(archive_|restore_command|recovery_(?!prefetch$|init_sync_method$)|data_directory|config_file|hba_file|ident_file|external_pid_file|listen_addresses|port|unix_socket_|ssl|primary_|fsync$|full_page_writes$|log_|logging_collector|lc_messages|shared_preload_libraries|max_logical_replication_workers|session_preload_libraries|local_preload_libraries|synchronous_standby_names|sync_replication_slots|event_triggers|default_transaction_read_only|hot_standby$|restart_after_crash$|cluster_name|include|ignore_|zero_damaged_pages)/;

/** Whether a plan may set this. */
export function isSettableByPlan(name: string): boolean {
  return !NOT_FOR_THE_PLAN.test(name);
}

const SHARE_OF_MEMORY = 0.4;

/** What PostgreSQL's documentation has as a reasonable start for a dedicated server. */
const SHARE_WHEN_UNKNOWN = 0.25;

/** Fixed settings that a reader who compares times should know of. */
const TOLD_WHEN_DIFFERENT = new Set(['huge_pages', 'autovacuum']);

/**
 * The settings of the copy. What bears on the RTO comes from the restored cluster's own configuration, capped by this
 * machine's memory: with 128 MB instead of 4 GB of shared_buffers replay took twice as long (PostgreSQL 15). fsync and
 * full_page_writes stay on, whatever production has: a real recovery runs with them.
 */
export function chooseSettings(input: SettingsInput): ChosenSettings {
  const { major, production } = input;
  const settings = new Map<string, string>();
  const recorded: RecordedSetting[] = [];
  const record = (name: string, drill: string, why: string): void => {
    settings.set(name, drill);
    const asked = production.get(name);
    recorded.push({ name, production: /^(on|off)$/.test(drill) ? plainBoolean(asked) : (asked ?? null), drill, why });
  };

  for (const [name, since] of Object.entries(BEARS_ON_RTO)) {
    const value = production.get(name);
    if (value === undefined || major < since) continue;
    const capped = name === 'shared_buffers' ? cappedBuffers(value, input.memoryBytes) : null;
    if (capped === null) record(name, value, 'as in production');
    else
      record(name, capped, `capped: this machine has ${Math.round(input.memoryBytes / 1024 ** 2)} MB of memory free`);
  }
  if (!settings.has('shared_buffers') && input.memoryLimitBytes !== null) {
    const sized = Math.floor((input.memoryLimitBytes * SHARE_WHEN_UNKNOWN) / 1024);
    record('shared_buffers', `${sized}kB`, "a quarter of the container's memory: production's value is not known");
  }
  record('fsync', 'on', 'always');
  record('full_page_writes', 'on', 'always');
  for (const name of BEARS_ON_QUERIES) {
    const value = production.get(name);
    if (value !== undefined) settings.set(name, value);
  }
  for (const [name, value] of standbyMinimums(input)) settings.set(name, value);
  for (const [name, value] of leastWalSizes(settings, input.control.segmentBytes))
    record(name, value, 'twice a WAL segment, which PostgreSQL does not start with less than');
  if (settings.get('io_method') === 'io_uring')
    record(
      'io_method',
      'worker',
      'io_uring needs a kernel and a sandbox that allow it; sandbox.settings may ask for it',
    );
  for (const [name, value] of Object.entries(isolation(input))) {
    const asked = plainBoolean(production.get(name));
    if (TOLD_WHEN_DIFFERENT.has(name) && asked !== null && asked !== value) record(name, value, 'fixed in every drill');
    else settings.set(name, value);
  }
  if (input.gated) for (const [name, value] of Object.entries(AT_A_GATE)) settings.set(name, value);
  for (const [name, value] of Object.entries(input.extra)) {
    if (value !== null && isSettableByPlan(name)) record(name, String(value), 'from the plan');
  }
  const preload = input.preload.join(',');
  const asked = production.get('shared_preload_libraries') ?? '';
  settings.set('shared_preload_libraries', preload);
  if (asked !== preload) {
    recorded.push({
      name: 'shared_preload_libraries',
      production: asked,
      drill: preload,
      why: 'only libraries that the plan lists are loaded',
    });
  }
  return { settings, recorded };
}

/** A server that waits for WAL asks again soon. When replay goes on, no session of before is in its way for long. */
const AT_A_GATE = { wal_retrieve_retry_interval: '50ms', max_standby_archive_delay: '100ms' };

/** PostgreSQL takes many words for a boolean; two of them are enough for a comparison. */
function plainBoolean(value: string | undefined): string | null {
  if (value === undefined) return null;
  if (/^(on|true|yes|t|y|1)$/i.test(value)) return 'on';
  return /^(off|false|no|f|n|0)$/i.test(value) ? 'off' : value;
}

/** The capped value in kB, or null when production's fits into this machine. A bare number counts blocks of 8 kB. */
function cappedBuffers(value: string, memoryBytes: number): string | null {
  const bytes = /^\d+$/.test(value.trim()) ? Number(value) * 8192 : parseBytes(value);
  const most = Math.max(Math.floor(memoryBytes * SHARE_OF_MEMORY), 1024 ** 2);
  return bytes !== null && bytes > most ? `${Math.floor(most / 1024)}kB` : null;
}

/** As many as no WAL of an ordinary production needs: a lack of them ends a recovery, whatever pg_control told before a later raise. */
const PREPARED_TRANSACTIONS = 100;

/** Twice what production had, since its WAL may hold a later raise, which would pause a standby. */
function standbyMinimums({ control, standby }: SettingsInput): [string, string][] {
  return [...control.standbyMinimums].map(([name, value]) => [
    name,
    String(Math.max(standby ? value * 2 : value, name === 'max_prepared_transactions' ? PREPARED_TRANSACTIONS : 10)),
  ]);
}

/** What PostgreSQL is built with, in MB. */
const WAL_SIZES = { min_wal_size: 80, max_wal_size: 1024 };

/**
 * Where segments are large, the built-in sizes do not do (`"min_wal_size" must be at least twice "wal_segment_size"`, 12 to
 * 18): initdb writes others into the configuration, which is not in the backup if it lies outside the data directory.
 */
function leastWalSizes(settings: ReadonlyMap<string, string>, segmentBytes: number): [string, string][] {
  const least = Math.ceil((2 * segmentBytes) / 1024 ** 2);
  return Object.entries(WAL_SIZES).flatMap(([name, builtIn]): [string, string][] => {
    const set = settings.get(name)?.trim();
    // A bare number counts megabytes.
    const bytes = set === undefined ? null : parseBytes(/^\d+$/.test(set) ? `${set}MB` : set);
    const size = set === undefined ? builtIn : (bytes ?? Infinity) / 1024 ** 2;
    return size < least ? [[name, `${least}MB`]] : [];
  });
}

/**
 * What keeps the copy from acting on anything outside itself, and its log readable. A copy of which a process was killed, or crashed,
 * ends: PostgreSQL would begin again behind the backs of the checks, which then asked something else than what was proven.
 */
function isolation({ major, standby }: SettingsInput): Record<string, string> {
  return {
    archive_mode: 'off',
    archive_command: '/bin/false',
    ...(major >= 15 ? { archive_library: '' } : {}),
    archive_cleanup_command: '',
    recovery_end_command: '',
    primary_conninfo: '',
    primary_slot_name: '',
    synchronous_standby_names: '',
    max_logical_replication_workers: '0',
    ...(major >= 17 ? { sync_replication_slots: 'off', event_triggers: 'off' } : {}),
    session_preload_libraries: '',
    local_preload_libraries: '',
    listen_addresses: '',
    ssl: 'off',
    huge_pages: 'off',
    autovacuum: 'off',
    hot_standby: standby ? 'on' : 'off',
    restart_after_crash: 'off',
    default_transaction_read_only: 'on',
    logging_collector: 'off',
    log_destination: 'stderr',
    log_line_prefix: '%m [%p] ',
    log_timezone: 'UTC',
    lc_messages: 'C',
    log_checkpoints: 'on',
    log_statement: 'none',
    log_min_messages: 'warning',
    log_min_error_statement: 'panic',
    ...(major >= 15 ? { log_startup_progress_interval: '1s' } : {}),
  };
}
