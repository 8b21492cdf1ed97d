/**
 * Settings by which one query gives one text, whatever a role, a database or the server itself says: production's may lie in a file that
 * no backup holds. Without row_security a query that policies would cut short is an error (PostgreSQL 12 to 18).
 * With standard_conforming_strings nothing in a literal of ours ends it but its quote.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  timezone: 'UTC',
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  lc_monetary: 'C',
  lc_numeric: 'C',
  row_security: 'off',
  standard_conforming_strings: 'on',
};

/** Statements that make these settings, for a transaction or for the whole session. */
export function comparedSettings(verb: 'set' | 'set local'): string {
  return Object.entries(SETTINGS)
    .map(([name, value]) => `${verb} ${name} = '${value}'`)
    .join('; ');
}

/** The schemas in which a session of production looks for a name without one, as `search_path` takes them. */
export const SCHEMAS =
  "select pg_catalog.array_to_string(array(select pg_catalog.quote_ident(s) from pg_catalog.unnest(pg_catalog.current_schemas(false)) s), ', ')";
