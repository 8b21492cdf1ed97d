/** The libraries of a value of `shared_preload_libraries`: `'$libdir/pg_cron.so', "pg_stat_statements"`. */
export function preloaded(value: string): string[] {
  return value
    .split(',')
    .map((word) => word.trim().replace(/^"(.*)"$/, '$1'))
    .map((word) => word.replace(/^\$libdir\//, '').replace(/\.so$/, ''))
    .filter((word) => word !== '');
}

/** Modules of PostgreSQL itself that write no WAL of their own, and that no data rests on. */
const LEAVES_NOTHING = [
  'auth_delay',
  'auto_explain',
  'basic_archive',
  'passwordcheck',
  'pg_prewarm',
  'pg_stat_statements',
];

/** Whether a copy is the same without a library that production preloads. */
export function isDispensable(library: string): boolean {
  return LEAVES_NOTHING.includes(library);
}
