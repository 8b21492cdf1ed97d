import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { drill, sandboxKind, startDrill, workspace, writePlan, type DrillRun } from '../fixtures/drill.ts';
import { liveProduction, type LiveProduction } from '../fixtures/live-production.ts';
import { claim, trial } from './trial.ts';

let live: LiveProduction;

beforeAll(async () => {
  live = await liveProduction();
});
afterAll(() => live.remove());

interface Attempt {
  readonly name: string;
  readonly severity: 'warning';
  readonly timeout: string;
  readonly command: readonly string[];
}

/** A check that has the copy do something as a superuser who may write. */
function sql(name: string, ...statements: string[]): Attempt {
  const words = ['set default_transaction_read_only = off', ...statements].flatMap((statement) => ['-c', statement]);
  return {
    name,
    severity: 'warning',
    timeout: '5m',
    command: ['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', ...words],
  };
}

/** A check that has the copy's server run a program. It succeeds when the program does. */
const program = (name: string, script: string): Attempt =>
  sql(name, `copy (select 1) to program $worst$${script}$worst$`);

/** Of what is tried, all that must not succeed. */
function attemptsAgainst({ cluster, hosts, postmaster, sharedMemory }: LiveProduction): Attempt[] {
  const { port, data, root } = cluster;
  const insert = 'insert into load (n) values (-1)';
  const [key] = sharedMemory;
  const [, , home = ''] = hosts;
  return [
    ...hosts.map((host) =>
      sql(
        `dblink to ${host}`,
        `select dblink_exec('host=${host} port=${port} dbname=postgres user=postgres', '${insert}')`,
      ),
    ),
    ...hosts.map((host, index) =>
      sql(
        `a foreign table at ${host}`,
        `create server s${index} foreign data wrapper postgres_fdw options (host '${host}', port '${port}', dbname 'postgres')`,
        `create user mapping for postgres server s${index} options (user 'postgres')`,
        `create foreign table f${index} (n int) server s${index} options (table_name 'load')`,
        `insert into f${index} values (-1)`,
      ),
    ),
    ...hosts.map((host) =>
      program(`psql to ${host}`, `psql -X -h ${host} -p ${port} -U postgres -c '${insert}' postgres`),
    ),
    program('the engine', `perl -MIO::Socket::UNIX -e 'exit !IO::Socket::UNIX->new(q(/var/run/docker.sock))'`),
    program('the data of production', `cat ${data}/PG_VERSION`),
    program('a home directory', `ls -A ${home} || ls -A /root | grep .`),
    program('a file of production', `echo x >>${data}/postgresql.auto.conf`),
    program('the repository', `echo x >>${root}/repo1/backup/shop/backup.info`),
    // In its own namespace another process may have that number.
    program(
      'the memory of production',
      `grep -qa ${data} /proc/${postmaster}/cmdline && perl -e 'exit !(syscall(101, 16, ${postmaster}, 0, 0) == 0)'`,
    ),
    program('System V memory', `ipcrm -M ${key}`),
    program('a file of the kernel', `echo h >/proc/sysrq-trigger`),
    program(
      'a setting of the kernel',
      `v=$(cat /proc/sys/kernel/core_pattern) && echo "$v" >/proc/sys/kernel/core_pattern`,
    ),
    program('the devices', `mknod /tmp/disk b 254 0 || head -c 1 /dev/sda || head -c 1 /dev/vda`),
    program('mounts', 'mount -t tmpfs none /mnt || unshare -m mount -t tmpfs none /mnt'),
    program('the namespaces of process 1', 'nsenter -t 1 -m -n -p true'),
    program(
      '2,600 processes',
      `perl -e 'for (1..2600) { my $p = fork; if (!defined $p) { kill 9, @k; exit 9 } if (!$p) { sleep 60; exit } push @k, $p } kill 9, @k'`,
    ),
  ];
}

/** What it may do, since it harms nobody but itself. */
function harmOf({ cluster, postmaster, sharedMemory }: LiveProduction): Attempt[] {
  const { data, root } = cluster;
  return [
    program('removes all that it can', `rm -rf ${data} ${root} /dev/shm/* /tmp/* /home/* 2>/dev/null; true`),
    program('removes shared memory', `ipcrm -a; ipcrm -m ${sharedMemory[1]}; true`),
    program('leaves a process behind', 'setsid sleep 86417 </dev/null >/dev/null 2>&1 &'),
    program('takes memory', 'head -c 300M /dev/zero | tail | wc -c >/dev/null'),
    program('gives itself for production', `sed -i '1s/.*/${postmaster}/' postmaster.pid`),
    program('kills all that it can', `kill -9 ${postmaster}; kill -9 -1`),
  ];
}

claim('A4b', async () => {
  const before = live.vitals();
  const wanted = live.hosts.map(
    (host) => `psql -X -h ${host} -p ${live.cluster.port} -U postgres -c 'select 1' postgres`,
  );
  // The attempts are real: from outside of the fence each of these addresses answers.
  live.sh(wanted.join(' >/dev/null && '));
  const place = { ...workspace(), config: live.cluster.config, repo: `${live.cluster.root}/repo1` };
  const [attempts, harm] = [attemptsAgainst(live), harmOf(live)];
  const checks = [...attempts, ...harm];
  const run = await drill(place, writePlan(place, 'worst', { name: place.name, sandbox: live.sandbox, checks }));
  const succeeded = attempts.filter(
    ({ name }) => run.report?.checks.find((check) => check.name === name)?.status !== 'failed',
  );
  expect(succeeded.map(({ name }) => name)).toEqual([]);
  expect(run.report?.reasons.filter(({ code }) => code !== 'check-warning')).toEqual([]);
  expect(run.report).toMatchObject({ verdict: 'passed', cleanup: { done: true } });
  expect(live.vitals()).toEqual(before);
  expect(live.endLoad()).toEqual({ errors: '', isWhole: true });
  expect(live.sh("cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c 'sleep 8641[7]' || true").trim()).toBe(
    '0',
  );
});

/** Something else stands where its socket was, called $own; the socket is that of port 1 then. */
const inPlaceOfItsSocket = (script: string): string =>
  `own=$(find "$PWD/.." /run -name '.s.PGSQL.*[0-9]' -type s 2>/dev/null); mv "$own" "$(dirname "$own")/.s.PGSQL.1"; ${script}`;

const through = (name: string, text: string): object => ({
  name,
  severity: 'warning',
  command: ['psql', '-X', '-A', '-t', '-p', '1', '-c', text],
});

/** What the last checks came to. */
const lastSeen = ({ report }: DrillRun, count: number): (string | null)[] =>
  report?.checks.slice(-count).map(({ observed, message }) => observed ?? message) ?? [];

trial('A11', async () => {
  const place = { ...workspace(), config: live.cluster.config, repo: `${live.cluster.root}/repo1` };
  const production = `${live.hosts[0] ?? ''}/.s.PGSQL.${live.cluster.port}`;
  const checks = [
    program('a link', inPlaceOfItsSocket(`ln -s ${production} "$own"`)),
    { name: 'asked next', severity: 'warning', sql: "select current_setting('data_directory')", expect: { rows: 1 } },
    through('it is there', 'select 7'),
  ];
  const run = await drill(place, writePlan(place, 'link', { name: place.name, sandbox: live.sandbox, checks }));
  // From here, where the link leads to production, it is no socket; from elsewhere nothing answers there.
  const refused = sandboxKind === 'local' ? 'is no socket any more' : 'Connection terminated unexpectedly';
  expect(lastSeen(run, 3)).toEqual(['exit status 0', expect.stringContaining(refused), 'exit status 0: 7']);
  return run;
});

const LISTENER = `use IO::Socket::UNIX; my $l = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 5) or die;
  while (my $c = $l->accept) { sysread($c, my $hello, 8192); syswrite($c, "R" . pack("NN", 8, 3)); sysread($c, my $word, 8192);
    open(my $got, ">>", "got"); print $got "asked, got: $word"; close $got; close $c }`;

trial('A12', async () => {
  const place = { ...workspace(), config: live.cluster.config, repo: `${live.cluster.root}/repo1` };
  const passwords = join(place.root, 'passwords');
  writeFileSync(passwords, '*:*:*:*:word-of-the-user\n', { mode: 0o600 });
  const listen = `setsid perl -e '${LISTENER}' "$own" </dev/null >/dev/null 2>&1 & until [ -S "$own" ]; do sleep 0.05; done`;
  const checks = [
    program('a listener', inPlaceOfItsSocket(listen)),
    { name: 'asked next', severity: 'warning', sql: 'select true' },
    through('what it got', "select pg_read_file('got')"),
  ];
  const plan = writePlan(place, 'password', { name: place.name, sandbox: live.sandbox, checks });
  const run = await startDrill(place, [plan], { PGPASSFILE: passwords }).finished;
  const asked = 'it asks for a password, which no server of a drill does';
  expect(lastSeen(run, 3)).toEqual(['exit status 0', asked, 'exit status 0: asked, got:']);
  return run;
});

trial('A4c', async () => {
  const place = { ...workspace(), config: live.cluster.config, repo: `${live.cluster.root}/repo1` };
  const where = { local: tmpdir(), docker: '/var/lib/docker', ssh: '/var/lib' }[sandboxKind];
  const free = Number(live.sh(`df -B1 --output=avail ${where} | tail -1`));
  const fill = 'i=0; while [ $i -lt 300 ]; do head -c 20M /dev/zero >>fill || exit; sleep 0.05; i=$((i+1)); done';
  const sandbox = { ...live.sandbox, reserve: free - 800_000_000 };
  return drill(
    place,
    writePlan(place, 'full', { name: place.name, sandbox, checks: [program('fills the disk', fill)] }),
  );
});
