/**
 * The tables of the central record, each statement by itself. Rows are only ever added: whoever may write here adds to the end of
 * the chain, and nobody who comes by these statements alone changes or removes what is there.
 *
 * Lines and files are bytes, so that the encoding of the database has no part in them. `sha256(bytea)` is there since
 * PostgreSQL 11.
 */
export const RECORD_TABLES: readonly string[] = [
  `create table pgdrill.ledger_line (
     line bigint primary key,
     text bytea not null,
     sha256 text not null unique,
     starts_at bigint not null,
     kind text not null,
     drill text,
     run_id text,
     number integer,
     written_by text not null default session_user,
     check (line >= 1 and starts_at >= 0),
     check (sha256 = encode(sha256(text), 'hex'))
   )`,
  `create index ledger_line_number on pgdrill.ledger_line (drill, number)`,
  `create index ledger_line_run on pgdrill.ledger_line (drill, run_id)`,
  `create table pgdrill.run (
     drill text not null,
     run_id text not null,
     line bigint not null unique references pgdrill.ledger_line,
     report text not null,
     manifest text,
     handed_in_at timestamptz not null default clock_timestamp(),
     handed_in_by text not null default session_user,
     primary key (drill, run_id),
     check (drill ~ '^[A-Za-z0-9][A-Za-z0-9._-]*$'),
     check (run_id ~ '^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}$')
   )`,
  `create table pgdrill.file (
     drill text not null,
     run_id text not null,
     name text not null,
     sha256 text not null,
     bytes bigint not null,
     line bigint references pgdrill.ledger_line,
     primary key (drill, run_id, name),
     foreign key (drill, run_id) references pgdrill.run deferrable initially deferred,
     check (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]*$'),
     check (sha256 ~ '^[0-9a-f]{64}$')
   )`,
  `create table pgdrill.file_piece (
     drill text not null,
     run_id text not null,
     name text not null,
     piece integer not null,
     content bytea not null,
     primary key (drill, run_id, name, piece),
     foreign key (drill, run_id, name) references pgdrill.file deferrable initially deferred
   )`,
  `create table pgdrill.signed_head (
     key_id text not null,
     lines bigint not null,
     text text not null,
     written_by text not null default session_user,
     primary key (key_id, lines),
     check (key_id ~ '^[0-9a-f]{64}$')
   )`,
  `create table pgdrill.key_file (
     name text primary key,
     text text not null,
     written_by text not null default session_user,
     check (name ~ '^[0-9a-f]{64}[.](pub|rotation[.]dsse[.]json)$')
   )`,
  `create function pgdrill.line_follows() returns trigger language plpgsql set search_path = pg_catalog as $$
   declare
     last record;
     said json := convert_from(new.text, 'UTF8')::json;
   begin
     select line, sha256, starts_at + octet_length(text) + 1 as ends_at into last
       from pgdrill.ledger_line order by line desc limit 1;
     if new.line <> coalesce(last.line, 0) + 1 or new.starts_at <> coalesce(last.ends_at, 0)
       or said->>'previous' is distinct from last.sha256
       or said->>'line' is distinct from new.line::text
       or said->>'kind' is distinct from new.kind
       or said->>'drill' is distinct from new.drill
       or said->>'run' is distinct from new.run_id
       or said->>'number' is distinct from new.number::text
     then
       raise exception 'line % does not follow the last line of the ledger', new.line using errcode = 'integrity_constraint_violation';
     end if;
     return new;
   end $$`,
  `create trigger line_follows before insert on pgdrill.ledger_line for each row execute function pgdrill.line_follows()`,
  `create function pgdrill.refuse_change() returns trigger language plpgsql set search_path = pg_catalog as $$
   begin
     raise exception 'the record is only added to: % of %', lower(tg_op), tg_table_name using errcode = 'insufficient_privilege';
   end $$`,
  ...['ledger_line', 'run', 'file', 'file_piece', 'signed_head', 'key_file'].map(
    (table) =>
      `create trigger refuse_change before update or delete or truncate on pgdrill.${table}
         for each statement execute function pgdrill.refuse_change()`,
  ),
];
