import { DrillError } from '../../core/errors.ts';
import { identifier, shownTable } from '../../postgres/identifier.ts';
import type { LoadTarget } from '../../postgres/load-target.ts';
import { literal } from '../../postgres/literal.ts';

/** Where rows are to be put. */
export interface Into {
  readonly dsn: string;
  readonly schema: string;
  /** The schema may be there already; tables of the same names never. Of production's cluster it never may. */
  readonly mayExist: boolean;
  /** Of the cluster that was restored: what has the same is production, or another copy of it. */
  readonly systemId: string;
}

/**
 * Makes the schema, for its owner alone, after having seen that nothing there is in the way and nobody else is touched. Throws
 * `plan-invalid`.
 */
export async function prepareTarget(target: LoadTarget, into: Into, names: readonly string[]): Promise<void> {
  const { schema } = into;
  await requireNothingListens(target, schema);
  if (await isThere(target, schema)) await requireMayExist(target, into);
  else await makeSchema(target, schema);
  for (const name of names) {
    const [row] = await target.rows(`
      select 1 from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname = ${literal(schema)} and c.relname = ${literal(name)}`);
    if (row !== undefined) {
      throw new DrillError('plan-invalid', `${shownTable({ schema, name })} is there already, and is left as it is`, {
        hint: 'leave --into out for a schema of its own, then merge the rows with SQL of yours',
      });
    }
  }
}

async function isThere(target: LoadTarget, schema: string): Promise<boolean> {
  const [row] = await target.rows(`select 1 from pg_catalog.pg_namespace where nspname = ${literal(schema)}`);
  return row !== undefined;
}

async function makeSchema(target: LoadTarget, schema: string): Promise<void> {
  await target.rows(`create schema ${identifier(schema)}`);
  const [named] = await target.rows(
    `select 1 from pg_catalog.pg_namespace where nspname::pg_catalog.text = ${literal(schema)}`,
  );
  if (named === undefined)
    throw new DrillError('plan-invalid', `the name of the schema ${schema} is longer than 63 bytes`);
  // Default privileges may open it (ALTER DEFAULT PRIVILEGES … ON SCHEMAS), and the policies of the tables stay behind.
  const others = await target.rows(`
    select distinct case a.grantee when 0 then null else pg_catalog.pg_get_userbyid(a.grantee)::pg_catalog.text end
    from pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) a
    where n.nspname = ${literal(schema)} and a.grantee <> n.nspowner`);
  for (const [role] of others) {
    const from = (role ?? null) === null ? 'public' : identifier(role ?? '');
    await target.rows(`revoke all on schema ${identifier(schema)} from ${from}`);
  }
}

/** Nobody there takes notice of what is made: neither subscribers nor triggers. Throws `plan-invalid`. */
export async function requireNothingListens(target: LoadTarget, schema: string): Promise<void> {
  await requireUnpublished(target, schema);
  await requireNoDecoding(target);
  await requireNoEventTriggers(target);
}

async function requireMayExist(target: LoadTarget, { schema, mayExist, systemId }: Into): Promise<void> {
  if (!mayExist) {
    throw new DrillError('plan-invalid', `the schema ${schema} is there already`, {
      hint: 'name the schema with --into, if tables may be made in it',
    });
  }
  const own = await systemIdOf(target);
  if (own !== null && own !== systemId) return;
  const which =
    own === null ? 'may be production (it does not tell its system identifier)' : 'is production, or a copy of it';
  throw new DrillError('plan-invalid', `the schema ${schema} is there already, and --into-dsn ${which}`, {
    hint: 'leave --into out, or name a schema that is not there: in production tables are made in a schema of their own',
  });
}

async function systemIdOf(target: LoadTarget): Promise<string | null> {
  const [may] = await target.rows(
    "select pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'execute')",
  );
  if (may?.[0] !== 't') return null;
  const [row] = await target.rows('select system_identifier::text from pg_catalog.pg_control_system()');
  return row?.[0] ?? null;
}

/** A subscriber stops at rows of a table that it does not have (PostgreSQL 10 to 18: "logical replication target relation … does not exist"). */
async function requireUnpublished(target: LoadTarget, schema: string): Promise<void> {
  const [knowsSchemas] = await target.rows("select pg_catalog.to_regclass('pg_catalog.pg_publication_namespace')");
  const ofSchema = `select pubname from pg_catalog.pg_publication p join pg_catalog.pg_publication_namespace pn on pn.pnpubid = p.oid
    join pg_catalog.pg_namespace n on n.oid = pn.pnnspid where n.nspname = ${literal(schema)}`;
  const rows = await target.rows(
    `select pubname from pg_catalog.pg_publication where puballtables ${(knowsSchemas?.[0] ?? null) === null ? '' : `union ${ofSchema}`}`,
  );
  const names = rows.flatMap(([name]) => name ?? []);
  if (names.length === 0) return;
  throw new DrillError(
    'plan-invalid',
    `the tables would be published there (${names.join(', ')}), and subscribers stop at a table that they do not have`,
    { hint: ELSEWHERE },
  );
}

/** A slot with another plugin than PostgreSQL's own needs no publication: it sends the rows of every table (PostgreSQL 10 to 18). */
async function requireNoDecoding(target: LoadTarget): Promise<void> {
  const rows = await target.rows(`
    select slot_name, plugin from pg_catalog.pg_replication_slots
    where slot_type = 'logical' and database = pg_catalog.current_database() and plugin <> 'pgoutput' order by 1`);
  if (rows.length === 0) return;
  const named = rows.map(([slot, plugin]) => `${slot ?? ''} (${plugin ?? ''})`).join(', ');
  throw new DrillError('plan-invalid', `the rows would be sent to whoever reads the logical slots there: ${named}`, {
    hint: ELSEWHERE,
  });
}

/** What they do is code of somebody, which a command of ours would start (PostgreSQL 9.3 to 18; tags: documentation of event triggers). */
async function requireNoEventTriggers(target: LoadTarget): Promise<void> {
  const rows = await target.rows(`
    select evtname from pg_catalog.pg_event_trigger
    where evtenabled <> 'D' and evtevent in ('ddl_command_start', 'ddl_command_end')
      and (evttags is null or evttags && array['CREATE SCHEMA', 'CREATE TABLE', 'CREATE INDEX', 'REVOKE']) order by 1`);
  if (rows.length === 0) return;
  const names = rows.flatMap(([name]) => name ?? []).join(', ');
  throw new DrillError('plan-invalid', `making the tables would start event triggers there: ${names}`, {
    hint: ELSEWHERE,
  });
}

const ELSEWHERE = 'put them into another database, then bring over what is wanted with SQL of yours';
