import { DrillError } from '../../core/errors.ts';
import { encodeDuration } from '../../core/duration.ts';

/** Who writes the beats: a kind of job, and its text. */
export const JOBS = ['systemd', 'cron', 'pg_cron', 'none'] as const;
export type Job = (typeof JOBS)[number];

export const ROLE = 'pgdrill_heartbeat';

/** A standby has the table too, and takes no beat: the job may run on every server of a cluster. */
const BEAT = 'select pgdrill.beat() where not pg_is_in_recovery()';

interface JobInput {
  readonly everyMs: number;
  readonly database: string;
}

/** The text of a job, as an administrator takes it over. Throws where its kind cannot keep the time. */
export function jobText(job: Job, input: JobInput): string {
  return TEXTS[job](input);
}

const TEXTS: Readonly<Record<Job, (input: JobInput) => string>> = {
  systemd,
  cron,
  pg_cron: pgCron,
  none: ({ everyMs }) => `Have something run this every ${encodeDuration(everyMs)}, as the role ${ROLE}:

  ${BEAT}
`,
};

const ACCOUNT = `The job runs as an account of the same name, which PostgreSQL lets in over its socket (peer, as on Debian):

  useradd --system --no-create-home --shell /usr/sbin/nologin ${ROLE}
`;

function psql(database: string): string {
  return `psql -XqAt -o /dev/null -d ${shellWord(database)} -c "${BEAT}"`;
}

function systemd({ everyMs, database }: JobInput): string {
  const seconds = everyMs / 1000;
  return `${ACCOUNT}
/etc/systemd/system/pgdrill-heartbeat.service

  [Unit]
  Description=A beat for pgdrill
  After=postgresql.service

  [Service]
  Type=oneshot
  User=${ROLE}
  TimeoutStartSec=30
  ExecStart=/usr/bin/${psql(database).replaceAll('%', '%%')}

/etc/systemd/system/pgdrill-heartbeat.timer

  [Unit]
  Description=A beat for pgdrill every ${encodeDuration(everyMs)}

  [Timer]
  OnActiveSec=${seconds}s
  OnUnitActiveSec=${seconds}s
  AccuracySec=1s

  [Install]
  WantedBy=timers.target

Then: systemctl daemon-reload && systemctl enable --now pgdrill-heartbeat.timer
`;
}

function cron({ everyMs, database }: JobInput): string {
  return `${ACCOUNT}
/etc/cron.d/pgdrill-heartbeat

  ${cronFields(everyMs)} ${ROLE} ${psql(database).replaceAll('%', '\\%')}
`;
}

/** pg_cron runs its jobs from one database, which has the extension; a job of seconds needs 1.5. */
function pgCron({ everyMs, database }: JobInput): string {
  const seconds = everyMs / 1000;
  const schedule = seconds < 60 ? `${seconds} seconds` : cronFields(everyMs);
  return `In the database of pg_cron (cron.database_name), as a superuser; a second call with the same name changes the job:

  select cron.schedule_in_database('pgdrill heartbeat', '${schedule}', '${BEAT}', '${database}', '${ROLE}');

pg_cron connects like any client: with cron.use_background_workers = on it needs no line in pg_hba.conf. It keeps a row
for each beat in cron.job_run_details, unless cron.log_run is off: have that table emptied now and then.
`;
}

const MINUTE_MS = 60_000;

/** Written without a star before a slash, which would end the comment of SQL that it stands in. */
function cronFields(everyMs: number): string {
  const minutes = everyMs / MINUTE_MS;
  if (minutes === 1) return '* * * * *';
  if (minutes === 60) return '0 * * * *';
  if (Number.isInteger(minutes) && 60 % minutes === 0) return `0-59/${minutes} * * * *`;
  throw new DrillError('plan-invalid', `--every ${encodeDuration(everyMs)} is nothing that cron can keep`, {
    hint: 'cron has whole minutes that go into an hour (1m, 2m, 5m, 10m, 15m, 30m, 1h), pg_cron seconds up to 59s as well; --job systemd keeps any time',
  });
}

/** A word for sh, and for the lines of systemd and cron, which read quotes alike. */
function shellWord(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : `'${text}'`;
}
