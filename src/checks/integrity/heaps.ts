import { literal } from '../../postgres/literal.ts';

/** A table, as the catalog knows it. */
export interface Listed {
  readonly oid: number;
  readonly name: string;
  /** Its name in quotes where it needs them, as pageinspect takes it. */
  readonly quoted: string;
  /** Pages that its statistics tell of. */
  readonly wanted: number;
  /** The smallest B-tree index over all its rows, in the same form; null: none. */
  readonly index: string | null;
  readonly indexOid: number;
}

/** A table with its pages. */
export interface Heap extends Listed {
  readonly pages: number;
  readonly indexPages: number;
}

/** How many pages a table and its index have. It takes a lock, which a prepared transaction may be in the way of. */
export function sizesOf({ oid, indexOid }: Listed): string {
  return `select ${pagesOf(oid)} as pages, ${pagesOf(indexOid)} as "indexPages"`;
}

function pagesOf(oid: number): string {
  return `coalesce(pg_relation_size(${oid}::oid), 0) / current_setting('block_size')::int`;
}

/** Tables, materialized views and the tables of long values, the smallest first; asked without any lock. */
export const HEAPS = `
  select c.oid::int8 as oid, n.nspname || '.' || c.relname as name, format('%I.%I', n.nspname, c.relname) as quoted,
    c.relpages as wanted, i.name as index, coalesce(i.oid, 0)::int8 as "indexOid"
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join lateral (
      select format('%I.%I', xn.nspname, x.relname) as name, x.oid
      from pg_index k join pg_class x on x.oid = k.indexrelid join pg_namespace xn on xn.oid = x.relnamespace
      where k.indrelid = c.oid and k.indisvalid and k.indpred is null and x.relam = (select oid from pg_am where amname = 'btree')
      order by x.relpages limit 1) i on true
  where c.relkind in ('r', 'm', 't') and c.relpersistence = 'p'
    and c.relam = (select oid from pg_am where amname = 'heap')
  order by c.relpages`;

interface Schemas {
  readonly pageinspect: string;
  readonly visibility: string;
}

/**
 * Pages of zeros. PostgreSQL takes such a page for a new one, so neither a checksum nor amcheck complains. What makes a page new is
 * that pd_upper is 0, the 15th and 16th byte (bufpage.h, PageIsNew); page_header() takes nearly twice as long to tell.
 */
export function emptyPages({ quoted, pages }: Heap, { pageinspect }: Schemas): string {
  return `select b as block from generate_series(0, ${pages - 1}) b
    where substring(${pageinspect}.get_raw_page(${literal(quoted)}, 'main', b::int) from 15 for 2) = '\\x0000'`;
}

/** Of some pages those that the visibility map says hold rows, or did: VACUUM sets nothing for a new page. */
export function mappedPages({ oid }: Heap, blocks: readonly number[], { visibility }: Schemas): string {
  return `select b as block from unnest(array[${blocks.join(', ')}]::int8[]) b, ${visibility}.pg_visibility_map(${oid}::oid::regclass, b) v
    where v.all_visible or v.all_frozen`;
}

/** Rows that the visibility map calls visible to all, or frozen, though they are not. */
export function wronglyMapped({ oid }: Heap, { visibility }: Schemas): string {
  const of = (check: string): string =>
    `select '${check}' as check, count(*) as count, min(t_ctid::text) as first from ${visibility}.pg_check_${check}(${oid}::oid::regclass) t_ctid`;
  return `select * from (${of('visible')} union all ${of('frozen')}) both_of_them where count > 0`;
}

/**
 * Pages that the leaves of an index say hold rows, of those that hold none or are not there. The first item of a leaf that is not the
 * rightmost is its high key, which may name a row that is long gone. PostgreSQL 13 and newer tell the rows of an item.
 */
export function pointedAt(
  { index, indexPages, pages }: Heap,
  empty: readonly number[],
  { pageinspect }: Schemas,
): string {
  return `select distinct h.block from generate_series(1, ${indexPages - 1}) p,
      lateral ${pageinspect}.bt_page_stats(${literal(index ?? '')}, p::int) s,
      lateral ${pageinspect}.bt_page_items(${literal(index ?? '')}, p::int) i,
      lateral (select split_part(trim('(' from t::text), ',', 1)::int8 as block from unnest(coalesce(i.tids, array[i.htid])) t) h
    where s.type = 'l' and (i.itemoffset > 1 or s.btpo_next = 0) and not coalesce(i.dead, false)
      and (h.block >= ${pages} or h.block = any (array[${empty.join(', ')}]::int8[]))
    order by 1`;
}

export const ITEMS_TELL_ROWS_SINCE = 13;
