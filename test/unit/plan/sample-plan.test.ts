import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadPlans } from '../../../src/plan/load.ts';
import { directoryWith, NOW } from '../../fixtures/plans.ts';

/** The plan of the documentation, with everything that a plan can say. */
const SAMPLE = `# yaml-language-server: $schema=./drill.schema.json
name: orders
source:
  stanza: main
  config: /etc/pgbackrest/pgbackrest.conf   # default: pgBackRest's own search order, conf.d included
  repo: 2                                   # default: pgBackRest's choice; a list runs one drill a repo
  backup: latest                            # latest | oldest | random | a label
  processMax: 4                             # default: the sandbox's CPUs
target: latest                              # or one of: time, lsn, xid, name, immediate, random, standby
#target: { time: "2026-05-13 14:32:00+00" }
#target: { random: { within: 7d } }         # a random moment inside the recoverable window
sandbox:
  kind: local                               # local | docker | ssh, each with its own options
  scratch: /var/lib/pgdrill
  reuse: false                              # true: keep the data directory, restore with --delta next time
  settings: { shared_buffers: 4GB }         # extra PostgreSQL settings, recorded in the report
objectives: { rto: 30m, rpo: 5m, backupAge: 26h }
checks:
  - name: orders keep arriving
    database: shop
    sql: select max(created_at) from orders
    expect: { maxAge: 10m }                 # against the recovery target, or the run's start for latest
  - name: no orphan lines
    file: checks/orphans.sql                # beside the plan
    expect: { rows: 0 }
  - name: totals
    sql: select count(*) from orders
    expect: { atLeast: 1000 }               # equals, atLeast, atMost, maxAge, matches, rows; none: one row, one true
    severity: warning                       # default: critical
  - name: unit tests of the schema
    command: [pg_prove, tests/]             # gets PGHOST, PGPORT, PGUSER, PGDATABASE
controls: [SOC2-A1.3, ISO27001-A.8.13]
schedule: { cron: "0 3 1 * *", timezone: Europe/Istanbul }
notify: []
`;

test('the plan of the documentation loads, and means what its comments say', () => {
  const directory = directoryWith({ 'orders.yaml': SAMPLE, 'checks/orphans.sql': 'select id from lines' });
  const [plan, ...more] = loadPlans({ file: join(directory, 'orders.yaml'), overrides: [], now: NOW });
  expect(more).toEqual([]);
  expect(plan).toMatchObject({
    name: 'orders',
    source: { stanza: 'main', config: '/etc/pgbackrest/pgbackrest.conf', repo: 2, backup: 'latest', processMax: 4 },
    target: { type: 'latest' },
    sandbox: { kind: 'local', scratch: '/var/lib/pgdrill', reuse: false, settings: { shared_buffers: '4GB' } },
    objectives: { rtoMs: 1_800_000, rpoMs: 300_000, backupAgeMs: 93_600_000, regression: { percent: 40, runs: 6 } },
    checks: [
      { kind: 'sql', database: 'shop', severity: 'critical', expect: { maxAge: 600_000 } },
      { kind: 'sql', sql: 'select id from lines', expect: { rows: 0 } },
      { kind: 'sql', severity: 'warning', expect: { atLeast: 1000 } },
      { kind: 'command', command: ['pg_prove', 'tests/'] },
    ],
    controls: ['SOC2-A1.3', 'ISO27001-A.8.13'],
  });
});
