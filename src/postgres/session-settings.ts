/**
 * What a session of ours gives at its start, where nothing that production has set for a role or a database can come
 * before it (PostgreSQL 15: PGC_S_CLIENT wins over PGC_S_DATABASE_USER): all that would load code, end the session or
 * make somebody else of it before {@link PUT_BACK} has been asked, and all that hides damage.
 */
const FROM_THE_START: readonly { readonly name: string; readonly value: string; readonly since: number }[] = [
  { name: 'session_preload_libraries', value: '', since: 0 },
  { name: 'local_preload_libraries', value: '', since: 0 },
  { name: 'event_triggers', value: 'off', since: 17 },
  { name: 'role', value: 'none', since: 0 },
  { name: 'statement_timeout', value: '0', since: 0 },
  { name: 'lock_timeout', value: '0', since: 0 },
  { name: 'transaction_timeout', value: '0', since: 17 },
  { name: 'idle_in_transaction_session_timeout', value: '0', since: 0 },
  { name: 'idle_session_timeout', value: '0', since: 14 },
  { name: 'exit_on_error', value: 'off', since: 0 },
  { name: 'default_transaction_isolation', value: 'read committed', since: 0 },
  { name: 'default_transaction_read_only', value: 'on', since: 0 },
  { name: 'standard_conforming_strings', value: 'on', since: 0 },
  { name: 'search_path', value: 'pg_catalog', since: 0 },
  { name: 'zero_damaged_pages', value: 'off', since: 0 },
  { name: 'ignore_checksum_failure', value: 'off', since: 0 },
  { name: 'ignore_system_indexes', value: 'off', since: 0 },
  { name: 'client_min_messages', value: 'notice', since: 0 },
  { name: 'log_min_messages', value: 'warning', since: 0 },
  { name: 'log_statement', value: 'none', since: 0 },
  // The style alone: the order of day and month in what is typed stays the server's.
  { name: 'datestyle', value: 'ISO', since: 0 },
];

/** Those of them that only a superuser may set; PostgreSQL refuses a session of anybody else that gives one. */
const SUPERUSER_ONLY = new Set([
  'session_preload_libraries',
  'event_triggers',
  'zero_damaged_pages',
  'ignore_checksum_failure',
  'log_min_messages',
  'log_statement',
]);

/** The `options` of a session of the superuser, as in the startup packet. */
export function startupOptions(user: string, major: number): string {
  // A role may carry the setting that makes another role of its sessions.
  return optionsText([...FROM_THE_START, { name: 'session_authorization', value: user, since: 0 }], major);
}

/** The `PGOPTIONS` of a program that asks on its own: what it may give, and with production's own search path. */
export function programOptions(isSuperuser: boolean, major: number): string {
  const given = FROM_THE_START.filter(({ name }) => isSuperuser || !SUPERUSER_ONLY.has(name));
  return optionsText(
    given.filter(({ name }) => name !== 'search_path' && name !== 'datestyle'),
    major,
  );
}

function optionsText(given: typeof FROM_THE_START, major: number): string {
  return given
    .filter(({ since }) => major >= since)
    .map(({ name, value }) => `-c ${name}=${value.replaceAll('\\', '\\\\').replaceAll(' ', '\\ ')}`)
    .join(' ');
}

/**
 * Puts every setting that came from a role or a database of production back to the server's own: to what the server's
 * configuration file says, else to what PostgreSQL is built with. Settings of applications (`app.tenant`) become empty.
 * A role may lower max_stack_depth, whose built-in value serves nobody; 2 MB is what a server takes by itself.
 */
const PUT_BACK_TO = `
  case s.name when 'max_stack_depth' then '2MB' else coalesce(
    (select f.setting from pg_file_settings f where lower(f.name) = lower(s.name) and f.error is null order by f.seqno desc limit 1),
    s.boot_val, '') end`;

/** Rows of a name and a value; `search_path` comes last, since until then nothing of the user's is in the way. */
export const PUT_BACK = `
  select set_config(name, value, false)
  from (
    select s.name, ${PUT_BACK_TO} as value from pg_settings s
    where s.context in ('user', 'superuser')
      and s.source in ('global', 'database', 'user', 'database user')
      and s.name not in ('client_encoding', 'session_authorization', 'role')
    union all
    select split_part(setting, '=', 1), ''
    from pg_db_role_setting r, unnest(r.setconfig) setting
    where r.setdatabase in (0, (select oid from pg_database where datname = current_database()))
      and r.setrole in (0, (select oid from pg_roles where rolname = session_user))
      and split_part(setting, '=', 1) like '%.%'
      and not exists (select from pg_settings s where s.name = split_part(setting, '=', 1))
  ) theirs`;

/** The search path that sessions have when neither a role nor a database says otherwise. */
export const SERVERS_SEARCH_PATH = `
  select set_config('search_path', ${PUT_BACK_TO}, false) from pg_settings s where s.name = 'search_path'`;
