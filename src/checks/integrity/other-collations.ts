import type { FindingList } from './findings.ts';
import { inEachDatabase } from './ask.ts';
import type { PartContext } from './part.ts';

/**
 * B-tree indexes whose order rests on a collation of another version than the catalog has (pg_collation.collversion in all versions,
 * pg_database.datcollversion from 15 on): `database.schema.name`.
 */
export async function indexesOfOtherCollations(
  context: PartContext,
  findings: FindingList,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const own =
    context.binaries.major < 15
      ? 'false'
      : `(select datcollversion <> pg_database_collation_actual_version(oid) from pg_database where datname = current_database())`;
  const query = `
    select n.nspname || '.' || c.relname as name
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
    where exists (select from unnest(i.indcollation) k join pg_collation l on l.oid = k
      where (l.oid = 100 and ${own}) or (l.collversion is not null and l.collversion <> pg_collation_actual_version(l.oid)))`;
  const differ = context.inspected.databases.filter(({ collations }) => collations.length > 0).map(({ name }) => name);
  const asked = { ...context, databases: context.databases.filter((name) => differ.includes(name)) };
  await inEachDatabase(asked, findings, async (database, { list }) => {
    for (const { name } of await list<{ name: string }>(query)) found.add(`${database}.${name}`);
  });
  return found;
}
