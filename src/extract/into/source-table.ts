import { DrillError } from '../../core/errors.ts';
import type { Database } from '../../postgres/database.ts';
import { qualified, shownTable } from '../../postgres/identifier.ts';
import { literal } from '../../postgres/literal.ts';
import type { Table } from '../catalog.ts';
import { isOfDomain, typesOf, wantedType, type WantedType } from './wanted-type.ts';

/** A column whose values go to another server. */
export interface SourceColumn {
  readonly name: string;
  /** Its type as the copy writes it, for people. */
  readonly shown: string;
  /** Null: text. */
  readonly wanted: WantedType | null;
  readonly isDomain: boolean;
  readonly isRequired: boolean;
  /** Its collation as SQL takes it, where it is not that of its type; null: it is. */
  readonly collation: string | null;
}

/** A table whose rows go to another server, as it is there: one table, whatever it is made of in the copy. */
export interface SourceTable {
  readonly table: Table;
  /** What it is called there. */
  readonly name: string;
  readonly columns: readonly SourceColumn[];
  /** The columns of its primary key. */
  readonly key: readonly string[];
}

/** Describes the tables by the catalogs of a database of the copy. Throws `plan-invalid` where two would have one name. */
export async function sourceTables(copy: Database, tables: readonly Table[]): Promise<SourceTable[]> {
  const twice = tables.find(({ name }, index) => tables.findIndex((one) => one.name === name) !== index);
  if (twice !== undefined) {
    const named = tables.filter(({ name }) => name === twice.name).map(shownTable);
    throw new DrillError('plan-invalid', `${named.join(' and ')} would have one name in the schema of --into-dsn`, {
      hint: 'put them there in runs of their own',
    });
  }
  const types = await typesOf(copy);
  const described: SourceTable[] = [];
  for (const table of tables) {
    const rows = await copy.rows(`
      select a.attname, a.atttypid::text, a.atttypmod::text, format_type(a.atttypid, a.atttypmod), a.attnotnull,
        case when a.attcollation <> t.typcollation and a.attcollation <> 0
          then quote_ident(n.nspname) || '.' || quote_ident(c.collname) end
      from pg_attribute a join pg_type t on t.oid = a.atttypid
      left join pg_collation c on c.oid = a.attcollation left join pg_namespace n on n.oid = c.collnamespace
      where a.attrelid = ${literal(qualified(table))}::regclass and a.attnum > 0 and not a.attisdropped
      order by a.attnum`);
    const columns = rows.map(([name, oid, modifier, shown, isRequired, collation]) => ({
      name: name ?? '',
      shown: shown ?? '',
      wanted: wantedType(types, oid ?? '', Number(modifier ?? -1)),
      isDomain: isOfDomain(types, oid ?? ''),
      isRequired: isRequired === 't',
      collation: collation ?? null,
    }));
    described.push({ table, name: table.name, columns, key: table.key.map(({ name }) => name) });
  }
  return described;
}
