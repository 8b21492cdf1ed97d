import { DrillError } from '../core/errors.ts';
import { Database } from '../postgres/database.ts';
import { Sessions } from '../postgres/sessions.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import type { ProvisionedSandbox, Sandbox } from '../sandbox/sandbox.ts';
import { OLDEST_MAJOR } from '../postgres/binaries.ts';
import { whileUnchecked } from './tampered.ts';

/** A table of the restored cluster that has rows. */
export interface FoundTable {
  readonly database: string;
  /** With its schema, quoted. */
  readonly name: string;
}

/**
 * Tables of people, the largest first. One with descendants is none: they may be foreign tables, and a copy that is not fenced off gets
 * to where those are.
 */
const TABLES = `
  select quote_ident(n.nspname) || '.' || quote_ident(c.relname)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and c.relpersistence = 'p' and not c.relhassubclass and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  order by pg_relation_size(c.oid) desc limit 20`;

const DATABASES = 'select datname from pg_database where datallowconn and not datistemplate order by datname';

/** No trigger of the copy is to act on what is done to it, nor an event trigger. */
export const NO_TRIGGERS = 'set local session_replication_role = replica';

/** Has the healthy copy looked at for a table with rows in it; nothing is changed. */
export function lookingForTable(plan: DrillPlan, onFound: (table: FoundTable) => void): (sandbox: Sandbox) => Sandbox {
  return whileUnchecked(async (station) => {
    const found = await findTable(station, plan);
    if (found) onFound(found);
  });
}

async function findTable(station: ProvisionedSandbox, plan: DrillPlan): Promise<FoundTable | null> {
  const sessions = await sessionsOf(station);
  for (const database of new Set([...databasesOf(plan), ...(await databasesIn(sessions))])) {
    await using session = await sessions.of(sessions.databaseFor(database));
    for (const [name = null] of await session.rows(TABLES)) {
      if (name !== null && (await hasRows(session, name))) return { database, name };
    }
  }
  return null;
}

async function hasRows(session: Database, table: string): Promise<boolean> {
  return (await session.rows(`select exists (select from only ${table})`))[0]?.[0] === 't';
}

async function databasesIn(sessions: Sessions): Promise<string[]> {
  await using session = await sessions.ours();
  return (await session.rows(DATABASES)).flatMap(([name]) => name ?? []);
}

/** The databases that the checks of a plan ask. */
export function databasesOf({ checks }: Pick<DrillPlan, 'checks'>): string[] {
  return [...new Set(checks.map(({ database }) => database))];
}

/** Sessions with the restored server of a sandbox. Throws a DrillError where it lets nobody in. */
export async function sessionsOf({ endpoint }: Pick<ProvisionedSandbox, 'endpoint'>): Promise<Sessions> {
  const entrances = { superusers: [endpoint.user, 'postgres'], databases: ['postgres'] };
  const sessions = await Sessions.find(endpoint, OLDEST_MAJOR, entrances).catch((error: unknown) => {
    throw error instanceof DrillError ? error : new DrillError('sandbox-failed', String(error));
  });
  return sessions;
}
