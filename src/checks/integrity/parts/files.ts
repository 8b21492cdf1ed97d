import { formatBytes } from '../../../core/bytes.ts';
import { counted } from '../../../report/document/words.ts';
import { databasesText, inEachDatabase } from '../ask.ts';
import type { IntegrityPart } from '../part.ts';

/** Before 18 relpages is what VACUUM saw; from 18 on it may have been imported together with other statistics. */
const STATISTICS_MAY_BE_IMPORTED = 18;

/**
 * Relations with fewer pages than VACUUM has seen. It is a doubt: a VACUUM that was interrupted between cutting the end off and
 * writing that down leaves the same. Unlogged relations are empty after
 * recovery; a relation without its first file is told as such. pg_relation_size() would wait for the locks of prepared transactions.
 */
const SHORT = `
  with blocks as (
    select current_setting('block_size')::int8 as bytes,
      (select setting::int8 from pg_settings where name = 'segment_size') as per_segment
  ),
  relations as (
    select n.nspname || '.' || c.relname as name, pg_relation_filepath(c.oid) as path, c.relpages as wanted
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relpersistence = 'p' and c.relkind in ('r', 'i', 't', 'm') and c.relpages > 0
  ),
  sizes as (
    select name, wanted, (pg_stat_file(path, true)).size as first, (
      select sum((pg_stat_file(path || case segment when 0 then '' else '.' || segment end, true)).size)
      from generate_series(0, wanted / per_segment) segment) / bytes as pages
    from relations, blocks where path is not null
  )
  select name, wanted, pages from sizes where first is not null and pages < wanted order by 1`;

/**
 * Files in the directories of this database whose number no relation has. PostgreSQL leaves them when it crashes before the end of
 * the transaction that made them, and never looks for them again.
 */
const SURPLUS = `
  with places as (
    select 'base/' || oid as path from pg_database where datname = current_database()
    union all
    select 'pg_tblspc/' || t.oid || '/' || v || '/' || d.oid
    from pg_database d, pg_tablespace t, pg_ls_dir('pg_tblspc/' || t.oid, true, false) v
    where d.datname = current_database() and t.spcname not in ('pg_default', 'pg_global')
  ),
  files as (
    select path || '/' || f as file, substring(f from '^([0-9]+)(?:_(?:fsm|vm|init))?(?:[.][0-9]+)?$') as node
    from places, pg_ls_dir(path, true, false) f
  ),
  nobodys as (
    select node from files where node is not null except select pg_relation_filenode(oid)::text from pg_class
  ),
  surplus as (select file from files where node in (select node from nobodys))
  select (select count(*) from surplus) as count,
    (select coalesce(sum((pg_stat_file(file, true)).size), 0) from surplus) as bytes,
    (select coalesce(json_agg(file), '[]') from (select file from surplus order by 1 limit 3) first) as first`;

/** Data files by the catalog, and the catalog by the data files; the server lists both. */
export const files: IntegrityPart = {
  title: 'data files and catalog agree',
  asks: 'missing, short and surplus data files',
  from: 'quick',
  needs: 'recovered',
  examine: async (context, findings) => {
    for (const { name, missing } of context.inspected.databases) {
      for (const relation of missing.first) {
        const more = missing.count > missing.first.length ? ` (${counted(missing.count, 'file')} missing in all)` : '';
        findings.add('file-missing', `a data file of ${relation} is not there${more}`, { database: name, relation });
      }
    }
    await inEachDatabase(context, findings, async (database, { list }) => {
      if (context.binaries.major < STATISTICS_MAY_BE_IMPORTED) {
        for (const { name, wanted, pages } of await list<{ name: string; wanted: number; pages: number }>(SHORT))
          findings.add('file-short', `${name} has ${pages} pages, its statistics say ${wanted}`, {
            database,
            relation: name,
          });
      }
      const [surplus] = await list<{ count: number; bytes: number; first: string[] }>(SURPLUS);
      if (surplus === undefined || surplus.count === 0) return;
      const text = `${counted(surplus.count, 'file')} of ${formatBytes(surplus.bytes)} of no relation: ${surplus.first.join(', ')}`;
      findings.add('surplus-file', text, { database });
    });
    return { at: `the files of ${databasesText(context)}` };
  },
};
