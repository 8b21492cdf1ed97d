import type { RepositoryConfig } from '../../pgbackrest/repository.ts';

interface TemplateInput {
  readonly stanza: string;
  /** The configuration that was named; null: pgBackRest's own search order finds it. */
  readonly config: string | null;
  readonly repositories: readonly RepositoryConfig[];
}

/** The name of the drill of a stanza: what plans, locks and folders of reports accept. */
export function drillName(stanza: string): string {
  const name = stanza
    .replaceAll(/[^A-Za-z0-9._-]/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 63);
  return name === '' ? 'drill' : name;
}

/** A plan that works as it stands; all else that a plan may say stands in it as a comment. */
export function planTemplate({ stanza, config, repositories }: TemplateInput): string {
  const keys = repositories.map(({ key }) => key);
  const configLine =
    config === null
      ? '#config: /etc/pgbackrest/pgbackrest.conf   # default: its own search order'
      : `config: ${quote(config)}`;
  return `# yaml-language-server: $schema=./drill.schema.json
# A restore drill of the stanza ${stanza}. Check it with "drill validate", look ahead with "drill plan", run it with "drill run".
name: ${quote(drillName(stanza))}

source:
  stanza: ${quote(stanza)}
  ${configLine}
${repoLines(keys)}  #backup: latest          # latest, oldest, random, a label, or rotate (another one in each run)
  #processMax: 4           # default: the number of CPUs

# Where recovery stops: latest (the end of the archive), immediate (the end of the backup), standby, or one of:
target: latest
#target: { time: "2026-05-13 14:32:00+00" }   # without a zone it is local time; "-15m" is 15 minutes ago
#target: { lsn: "0/3000148" }
#target: { name: before_migration }           # as made by pg_create_restore_point()
#target: { random: { within: 7d } }           # another point in each run

sandbox:
  kind: local
  #scratch: /var/lib/pgdrill                  # needs room for the restored cluster
  #reuse: true                                # keep the data directory, and restore with --delta the next time
  #settings: { shared_buffers: 4GB }          # default: as in production, capped by this machine's memory

# All below is off as long as a # stands before it. Take the # away from what you want, and put your own values in.

# What you have promised. A run that measures worse fails. "drill check" restores nothing, and judges all but the RTO. It alone
# judges "recoverable" (every moment of this stretch can be recovered to) and "retention" (so many backup sets).
#objectives: { rto: 30m, rpo: 5m, backupAge: 26h, recoverable: 28d }
#retention: { full: 4, diff: 14 }

# How deep the restored data is looked into, whatever it is about: quick, standard (every page, row and index) or deep.
#integrity: standard

# What you would look at first after a disaster. Without checks a drill only proves that PostgreSQL recovers.
#checks:
#  # Fresh: data arrived until shortly before the recovery target.
#  - name: orders keep arriving
#    database: shop
#    sql: select max(created_at) from orders
#    expect: { maxAge: 10m }
#  # Complete: nothing is far smaller than it should be.
#  - name: the customers are there
#    database: shop
#    sql: select count(*) from customers
#    expect: { atLeast: 1000 }
#  # Consistent: no row that must not exist. A query may stand in a file beside the plan: "file: checks/orphans.sql".
#  - name: no order without a customer
#    database: shop
#    sql: select o.id from orders o left join customers c on c.id = o.customer_id where c.id is null
#    expect: { rows: 0 }
#  # Known: a row that must exist. Without "expect" the answer has to be one true; "redact" keeps values out of reports.
#  - name: the first account exists
#    database: shop
#    sql: select exists (select from accounts where email = 'owner@example.org')
#    redact: true
#  # Current: the release that you expect. A warning does not fail the drill.
#  - name: the schema is of this year
#    database: shop
#    sql: select max(version) from schema_migrations
#    expect: { matches: "^2026" }
#    severity: warning
#  # Exact: the last beat before the target is there, and none after it. "drill init --heartbeat" prints the table and its job.
#  - name: the heartbeat goes up to the target
#    database: shop
#    heartbeat: { every: 1m }
#  # Anything else: a program, which finds the copy by PGHOST, PGPORT, PGUSER and PGDATABASE.
#  - name: the tests of the schema pass
#    database: shop
#    command: [pg_prove, tests/]

#baseline: {}                                 # compare each run with the last passed one: tables that are gone, fewer rows
#compare:                                     # ask production and the copy the same; read only, and only if this is here
#  dsn: env:PRODUCTION_DSN                    # the variable holds a URL: postgresql://reader@db1/?sslmode=verify-full
#  tolerance: 1%
#  queries:
#    - { name: number of orders, database: shop, sql: select count(*) from orders }

#notify: [{ slack: { url: env:SLACK_URL } }]    # who is told when it fails, and when it passes again
#onFailure: fallback                          # when it fails, try another backup set or repository once; it stays failed
#schedule: monthly                            # when it is due; "drill schedule install" has systemd or cron ask for it
#controls: [SOC2-A1.3, ISO27001-A.8.13]       # which controls a report supports as evidence
`;
}

function repoLines(keys: readonly number[]): string {
  if (keys.length < 2) return '';
  return `  repo: [${keys.join(', ')}]            # one drill for each repository\n`;
}

/** A YAML scalar: what stands in double quotes is JSON, which YAML reads alike. */
function quote(text: string): string {
  return /^[A-Za-z][\w-]*$/.test(text) && !/^(true|false|null)$/i.test(text) ? text : JSON.stringify(text);
}
