/** The roles of a fleet. None of them logs in: logins are made their members. */
const ROLES = { worker: 'pgdrill_worker', reader: 'pgdrill_reader', admin: 'pgdrill_admin' } as const;

/** What a worker writes of each table. Who wrote a row and when is for the database to say. */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  ledger_line: ['line', 'text', 'sha256', 'starts_at', 'kind', 'drill', 'run_id', 'number'],
  run: ['drill', 'run_id', 'line', 'report', 'manifest'],
  file: ['drill', 'run_id', 'name', 'sha256', 'bytes', 'line'],
  file_piece: ['drill', 'run_id', 'name', 'piece', 'content'],
  signed_head: ['key_id', 'lines', 'text'],
  key_file: ['name', 'text'],
};

/** The tables of the record. */
export const RECORD_NAMES: readonly string[] = Object.keys(WRITTEN);

/**
 * Statements that make the roles, for whoever may make roles: workers read the record and add to it, readers read it. Nobody but the
 * owner of the tables can change or remove a row, and for the owner triggers are in the way.
 */
export function roleStatements(): string[] {
  const tables = RECORD_NAMES.map((name) => `pgdrill.${name}`);
  return [
    ...Object.values(ROLES).map(madeOnce),
    'revoke all on schema pgdrill from public',
    `grant usage on schema pgdrill to ${Object.values(ROLES).join(', ')}`,
    `grant select on ${tables.join(', ')} to ${Object.values(ROLES).join(', ')}`,
    ...Object.entries(WRITTEN).map(
      ([table, columns]) => `grant insert (${columns.join(', ')}) on pgdrill.${table} to ${ROLES.worker}`,
    ),
  ];
}

/** Roles belong to the whole server, where another database may have made them. */
function madeOnce(role: string): string {
  return `do $$ begin create role ${role} nologin; exception when duplicate_object then null; end $$`;
}
