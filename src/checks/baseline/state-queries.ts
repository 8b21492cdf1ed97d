/** The schemas of PostgreSQL itself, and those of sessions. */
const OWN_SCHEMAS = String.raw`n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname !~ '^pg_(temp|toast_temp)_'`;

/**
 * Each relation by what was defined of it, from the catalogs alone: pg_relation_size(), pg_partition_tree() and pg_get_indexdef() would
 * wait for the locks of prepared transactions, and so for ever. Partitions come and go: they count as their table.
 *
 * The estimate is that of the last VACUUM or ANALYZE in production. It is not known where `reltuples` is -1 (from 14 on), or 0 together with
 * `relpages`. A partition without one is taken to be as dense as the others. A size is that of the first file, or what VACUUM saw.
 */
export const RELATIONS = `
  with recursive leaves as (
    select oid as root, oid as part from pg_class where relkind in ('r', 'p', 'm', 'S') and not relispartition
    union all
    select l.root, i.inhrelid from leaves l join pg_inherits i on i.inhparent = l.part
      join pg_class p on p.oid = l.part and p.relkind = 'p'
  ),
  files as (
    select l.root, f.first, case when f.first > 0 then greatest(f.first, c.relpages * current_setting('block_size')::int8) else 0 end as bytes,
      case when coalesce(f.first, 0) = 0 then 0
        when c.reltuples > 0 or (c.reltuples = 0 and c.relpages > 0) then c.reltuples end as estimate
    from leaves l join pg_class c on c.oid = l.part and c.relkind in ('r', 'm', 'S'),
      lateral (select (pg_stat_file(pg_relation_filepath(c.oid), true)).size as first) f
  ),
  sizes as (
    select root, sum(bytes) as bytes,
      case when bool_and(estimate is not null) then sum(estimate)
        when coalesce(sum(bytes) filter (where estimate is not null), 0) > 0
        then sum(estimate) * (sum(bytes) / sum(bytes) filter (where estimate is not null))::float8 end as estimate
    from files group by root
  )
  select format('%I.%I', n.nspname, c.relname), c.relkind,
    case when c.relkind in ('r', 'p', 'm') then coalesce(s.estimate, case when s.root is null then 0 end)::bigint end, s.bytes,
    (select string_agg(format('%I %s %s', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull), ', ' order by a.attnum)
      from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
    (select string_agg(definition, '; ' order by definition collate "C") from (
      select format('%I %s %s %s %s %s %s %s %s %s', x.relname, x.relam, i.indisunique, i.indnkeyatts, i.indkey, i.indclass, i.indcollation, i.indoption,
        i.indexprs, i.indpred) as definition
      from pg_index i join pg_class x on x.oid = i.indexrelid where i.indrelid = c.oid) indexes),
    (select string_agg(format('%I %s %s %s %s %s %s%s %s%s%s %s', k.conname, k.contype, k.conkey, k.confrelid::regclass, k.confkey,
        k.convalidated, k.condeferrable, k.condeferred, k.confupdtype, k.confdeltype, k.confmatchtype, k.conexclop) || coalesce(k.conbin::text, ''),
        '; ' order by k.conname)
      from pg_constraint k where k.conrelid = c.oid)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace left join sizes s on s.root = c.oid
  where not c.relispartition and c.relkind in ('r', 'p', 'm', 'v', 'f', 'S') and ${OWN_SCHEMAS}
  order by format('%I.%I', n.nspname, c.relname) collate "C"`;

export const FUNCTIONS = `
  select format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), p.prosrc
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${OWN_SCHEMAS}
  order by n.nspname, p.proname, pg_get_function_identity_arguments(p.oid) collate "C", p.prosrc collate "C"`;

export const SIZE = 'select pg_database_size(current_database())';
