/** Rises when the tables change, or what is put into them. */
export const FORMAT = 10;

/**
 * `runs` and `unended` are what every count and every question is about. The run of a fallback is in neither: a drill that failed has
 * failed, whatever was tried after it.
 */
export const TABLES = `
  create table head (format integer, lines integer, unreadable integer, last_start integer, size integer, hash text);
  create table drills (name text primary key, number integer) without rowid;
  create table all_unended (
    run text, drill text, number integer, started_at text, state text, fallback_of text, primary key (run, drill)
  ) without rowid;
  create table all_runs (
    run text, drill text, started_at text, verdict text, stanza text, system_id text, backup text,
    repo integer, type text, host text, location text, rto_ms real, series text, age text, target text, start integer, length integer,
    fallback_of text,
    primary key (run, drill)
  ) without rowid;
  create table sign_offs (start integer primary key, length integer, drill text, run text) without rowid;
  create table self_tests (start integer primary key, length integer) without rowid;
  create table missed (drill text, due_at text, primary key (drill, due_at)) without rowid;
  create view runs as select * from all_runs where fallback_of is null;
  create view unended as select * from all_unended where fallback_of is null;
  create index by_drill on all_runs (drill, started_at);
  create index by_verdict on all_runs (drill, verdict, started_at);
  create index unended_by_drill on all_unended (drill, state, started_at);
  create index by_copy on all_runs (stanza, repo, started_at, run);
  create index by_copy_and_verdict on all_runs (stanza, repo, verdict, started_at, run);
  create index by_time on all_runs (started_at);
  create index by_series on all_runs (series, verdict, started_at, run);
  insert into head values (${FORMAT}, 0, 0, 0, 0, null);`;
