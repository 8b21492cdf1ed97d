import { encodeDuration } from '../../core/duration.ts';
import { DrillError } from '../../core/errors.ts';
import { jobText, ROLE, type Job } from './jobs.ts';

interface HeartbeatInput {
  readonly everyMs: number;
  readonly database: string;
  readonly job: Job;
}

/** How long a beat is kept: longer than people recover back, and at one a minute some 40,000 rows. */
const KEPT = '4 weeks';

const [SHORTEST_MS, LONGEST_MS] = [5000, 3_600_000];

/**
 * A script for psql that makes the table of a heartbeat, and the role and the function of its job; the job itself and the lines
 * of a plan stand in it as comments. Throws a DrillError for what cannot be a heartbeat.
 */
export function heartbeatText({ everyMs, database, job }: HeartbeatInput): string {
  refuseOddities(everyMs, database);
  const every = encodeDuration(everyMs);
  return `-- A heartbeat for pgdrill: a row every ${every}, kept for ${KEPT}. Run it in production as a superuser:
--   drill init --heartbeat … | psql -X -v ON_ERROR_STOP=1
\\connect "${database}"

${heartbeatSql()}
/* The job (${job}): one beat every ${every}.

${indent(jobText(job, { everyMs, database }))}
*/

/* For the plan of the drill:

  checks:
    - name: the heartbeat goes up to the target
      database: ${yamlWord(database)}
      heartbeat: { table: pgdrill.heartbeat, every: ${every} }
*/
`;
}

/**
 * The statements alone; they may be run again. The role of the job has this one table and nothing else; the function has the
 * rights of whoever calls it, so that a table that somebody has put there before runs nothing as a superuser. A beat is dated as
 * late as can be before its commit, so after the row that is too old has gone.
 */
export function heartbeatSql(): string {
  return `begin;
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = '${ROLE}') then
    create role ${ROLE} login noinherit connection limit 2;
  end if;
end
$$;
alter role ${ROLE} set statement_timeout = '10s';
alter role ${ROLE} set lock_timeout = '5s';

create schema if not exists pgdrill;
create table if not exists pgdrill.heartbeat (at timestamptz primary key);
comment on table pgdrill.heartbeat is 'beats of production, by which restore drills tell what would be lost';

create or replace function pgdrill.beat() returns void
  language sql volatile
  set search_path = pg_catalog, pg_temp
as $$
  delete from pgdrill.heartbeat where at < clock_timestamp() - interval '${KEPT}';
  insert into pgdrill.heartbeat (at) values (clock_timestamp());
$$;

revoke all on schema pgdrill from public;
revoke all on table pgdrill.heartbeat from public;
revoke all on function pgdrill.beat() from public;
grant usage on schema pgdrill to ${ROLE};
grant select, insert, delete on table pgdrill.heartbeat to ${ROLE};
grant execute on function pgdrill.beat() to ${ROLE};
commit;
`;
}

function refuseOddities(everyMs: number, database: string): void {
  if (everyMs < SHORTEST_MS || everyMs > LONGEST_MS || everyMs % 1000 !== 0) {
    throw new DrillError('plan-invalid', `--every ${encodeDuration(everyMs)} is no heartbeat`, {
      hint: 'give whole seconds between 5s and 1h; 1m is what most need',
    });
  }
  // It goes into SQL, a shell line and a comment.
  if (!/^[\w.-][\w .-]{0,62}$/.test(database)) {
    throw new DrillError('plan-invalid', `the name ${JSON.stringify(database)} cannot be put into these scripts`, {
      hint: 'leave --database out, and put the name in yourself',
    });
  }
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n');
}

function yamlWord(name: string): string {
  return /^[A-Za-z_][\w-]*$/.test(name) && !/^(?:true|false|null|yes|no|on|off)$/i.test(name) ? name : `"${name}"`;
}
