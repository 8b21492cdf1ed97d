import type { FindingList } from './findings.ts';
import { inEachDatabase } from './ask.ts';
import type { PartContext } from './part.ts';

/** The C library knows no versions of these: their order is that of bytes, everywhere. */
const OF_BYTES = String.raw`'^(C|POSIX)($|[.])'`;

/** Whether the default collation of the database may be another here; until 14 nobody notes its version. */
const ownDiffers = (major: number): string => {
  if (major < 15) return `(select datcollate !~* ${OF_BYTES} from pg_database where datname = current_database())`;
  return `(select (datlocprovider = 'i' or (datlocprovider = 'c' and datcollate !~* ${OF_BYTES}))
      and datcollversion is distinct from coalesce(pg_database_collation_actual_version(oid), '')
    from pg_database where datname = current_database())`;
};

/**
 * B-tree indexes whose order rests on a collation that is not known to be the same here: the catalog has another version of it
 * (pg_collation.collversion in all versions, pg_database.datcollversion from 15 on), or none. `database.schema.name`.
 */
export async function indexesOfOtherCollations(
  context: PartContext,
  findings: FindingList,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const query = `
    select n.nspname || '.' || c.relname as name
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
    where exists (select from unnest(i.indcollation) k join pg_collation l on l.oid = k
      where (l.collprovider = 'd' and ${ownDiffers(context.binaries.major)})
        or ((l.collprovider = 'i' or (l.collprovider = 'c' and l.collcollate !~* ${OF_BYTES}))
          and l.collversion is distinct from coalesce(pg_collation_actual_version(l.oid), '')))`;
  await inEachDatabase({ ...context, onProgress: () => undefined }, findings, async (database, { list }) => {
    for (const { name } of await list<{ name: string }>(query)) found.add(`${database}.${name}`);
  });
  return found;
}
