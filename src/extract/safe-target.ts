import { DrillError } from '../core/errors.ts';
import { identifier, qualified, shownTable } from '../postgres/identifier.ts';
import type { LoadTarget } from '../postgres/load-target.ts';
import { literal } from '../postgres/literal.ts';

/** Where rows are to be put. */
export interface Into {
  readonly dsn: string;
  readonly schema: string;
  /** The schema may be there already; tables of the same names never. Of production's cluster it never may. */
  readonly mayExist: boolean;
  /** Of the cluster that was restored: what has the same is production, or another copy of it. */
  readonly systemId: string;
}

/** Makes the schema, after having seen that nothing there is in the way and nobody else is touched. Throws `plan-invalid`. */
export async function prepareTarget(
  target: LoadTarget,
  into: Into,
  names: readonly { readonly schema: string; readonly name: string }[],
): Promise<void> {
  const { schema } = into;
  const [there] = await target.rows(`select 1 from pg_catalog.pg_namespace where nspname = ${literal(schema)}`);
  if (there !== undefined) await requireMayExist(target, into);
  await requireUnpublished(target, schema);
  if (there === undefined) await target.execute(`create schema ${identifier(schema)}`);
  for (const name of names) {
    const [row] = await target.rows(`select pg_catalog.to_regclass(${literal(qualified(name))})`);
    if ((row?.[0] ?? null) !== null) {
      throw new DrillError('plan-invalid', `${shownTable(name)} is there already, and is left as it is`, {
        hint: 'leave --into out for a schema of its own, then merge the rows with SQL of yours',
      });
    }
  }
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
    { hint: 'put them into another database, then bring over what is wanted with SQL of yours' },
  );
}
