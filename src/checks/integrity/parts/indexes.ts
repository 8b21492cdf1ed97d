import { databasesText, inEachDatabase } from '../ask.ts';
import type { IntegrityPart } from '../part.ts';

/** The index of a partitioned table is not valid until each partition has one, and has no files. */
const INVALID = `
  select n.nspname || '.' || c.relname as name, i.indisready as ready
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'i' and c.relpersistence <> 't' and not (i.indisvalid and i.indisready and i.indislive) order by 1`;

/** A note: production has the same index. It serves no query, and where it was to be unique nothing keeps duplicates out. */
export const indexes: IntegrityPart = {
  title: 'every index is valid',
  asks: 'indexes that are not valid or not ready',
  from: 'quick',
  needs: 'recovered',
  examine: async (context, findings) => {
    await inEachDatabase(context, findings, async (database, { list }) => {
      for (const { name, ready } of await list<{ name: string; ready: boolean }>(INVALID))
        findings.add('index-invalid', `${name} is not ${ready ? 'valid' : 'ready'}`, { database, relation: name });
    });
    return { at: `the indexes of ${databasesText(context)}` };
  },
};
