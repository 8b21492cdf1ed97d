import { formatBytes } from '../../../core/bytes.ts';
import { counted } from '../../../report/document/words.ts';
import { databasesText, inEachDatabase } from '../ask.ts';
import type { IntegrityPart } from '../part.ts';
import { requireProgram } from '../program.ts';
import { readDatabase } from '../read-database.ts';
import type { ReadTable } from '../../../postgres/read-script.ts';

/**
 * All that has rows of its own, with about how large it is with its long values: the size of their first files, or what VACUUM saw.
 * pg_table_size() would wait for the locks of prepared transactions. Catalogs are read by pg_dump; a standby has no unlogged tables.
 */
const TABLES = `
  select n.nspname as schema, c.relname as name, c.relkind = 'm' as "isView",
    coalesce(greatest((pg_stat_file(pg_relation_filepath(c.oid), true)).size, c.relpages * current_setting('block_size')::int8), 0)
      + coalesce(greatest((pg_stat_file(pg_relation_filepath(t.oid), true)).size, t.relpages * current_setting('block_size')::int8), 0)
      as bytes
  from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_class t on t.oid = c.reltoastrelid
  where c.relkind in ('r', 'm') and (c.relkind = 'r' or c.relispopulated)
    and (c.relpersistence = 'p' or (c.relpersistence = 'u' and not pg_is_in_recovery()))
    and n.nspname not in ('pg_catalog', 'pg_toast')`;

/** A full logical read: every value of every row, and every large object, is written out to nowhere. */
export const read: IntegrityPart = {
  title: 'every row can be read',
  asks: 'every row, long value and large object, read as pg_dump does, and written nowhere',
  from: 'standard',
  needs: 'recovered',
  isLong: true,
  examine: async (context, findings) => {
    const there = [await requireProgram(context, 'psql', findings), await requireProgram(context, 'pg_dump', findings)];
    if (there.includes(false)) return { at: 'nothing' };
    const tables = new Map<string, readonly ReadTable[]>();
    await inEachDatabase({ ...context, onProgress: () => undefined }, findings, async (database, { list }) => {
      tables.set(database, await list<ReadTable>(TABLES));
    });
    const all = [...tables.values()].flat();
    const bytes = all.reduce((sum, table) => sum + table.bytes, 0);
    let readBytes = 0;
    const onRead = (more: number): void => {
      readBytes += more;
      context.onProgress(bytes === 0 ? null : readBytes / bytes);
    };
    const script = `${context.paths.temp}/read.sql`;
    for (const [database, its] of tables)
      await readDatabase(context, { database, tables: its, script }, findings, onRead);
    return { at: `${counted(all.length, 'table')} of ${databasesText(context)}, about ${formatBytes(bytes)}` };
  },
};
