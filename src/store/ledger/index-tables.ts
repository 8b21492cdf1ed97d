/** Rises when the tables change, or what is put into them. */
export const FORMAT = 7;

export const TABLES = `
  create table head (format integer, lines integer, unreadable integer, last_start integer, size integer, hash text);
  create table drills (name text primary key, number integer) without rowid;
  create table unended (
    run text, drill text, number integer, started_at text, state text, primary key (run, drill)
  ) without rowid;
  create table runs (
    run text, drill text, started_at text, verdict text, stanza text, system_id text, backup text,
    repo integer, type text, host text, location text, rto_ms real, series text, age text, target text, start integer, length integer,
    primary key (run, drill)
  ) without rowid;
  create table sign_offs (start integer primary key, length integer, drill text, run text) without rowid;
  create table missed (drill text, due_at text, primary key (drill, due_at)) without rowid;
  create index by_drill on runs (drill, started_at);
  create index by_verdict on runs (drill, verdict, started_at);
  create index unended_by_drill on unended (drill, state, started_at);
  create index by_copy on runs (stanza, repo, run);
  create index by_copy_and_verdict on runs (stanza, repo, verdict, run);
  create index by_time on runs (started_at);
  create index by_series on runs (series, verdict, run);
  insert into head values (${FORMAT}, 0, 0, 0, 0, null);`;
