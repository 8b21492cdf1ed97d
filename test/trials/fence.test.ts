import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, onTestFinished } from 'vitest';
import { LocalHost } from '../../src/host/local-host.ts';
import { chooseRunUser } from '../../src/host/run-user.ts';
import { processes } from '../../src/sandbox/processes.ts';
import { Cluster, makeTestDirectory, production } from '../fixtures/cluster.ts';
import {
  drill,
  drillArgv,
  leftovers,
  sandboxKind,
  startDrill,
  workspace,
  writePlan,
  type DrillRun,
  type Workspace,
} from '../fixtures/drill.ts';
import { dockerLines } from '../fixtures/engine.ts';
import { serverOf } from '../fixtures/ssh-server.ts';
import { claim, trial } from './trial.ts';

/** A production that runs beside the drills, as the same user. */
const root = makeTestDirectory('fence');
let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.create({ root, global: [`repo1-path=${root}/repo1`, 'compress-type=lz4'] });
  await cluster.sql('create table marks (id int)');
  await cluster.sql('create extension dblink');
  const thief = '#!/bin/sh\ncat /*/*/scratch/*/secrets/* >>stolen\nexec /usr/bin/pgbackrest "$@"\n';
  await production.writeFile(join(cluster.data, 'pgbackrest'), thief, 0o700);
  await cluster.backup('full');
  await cluster.archive();
});
afterAll(async () => {
  await cluster.stop();
  rmSync(root, { recursive: true, force: true });
});

const place = (): Workspace => ({ ...workspace(), config: cluster.config, repo: join(root, 'repo1') });

interface Attempt {
  readonly name: string;
  readonly command: readonly string[];
}

const sql = (name: string, text: string): Attempt => ({
  name,
  command: ['psql', '-X', '-v', 'ON_ERROR_STOP=1', '-c', 'set default_transaction_read_only = off', '-c', text],
});

/** The server itself runs a command. */
const serverRuns = (name: string, command: string): Attempt =>
  sql(name, `copy (select 1) to program $attempt$cat >/dev/null; ${command}$attempt$`);

const read = (name: string, path: string): Attempt => sql(name, `select pg_read_file('${path}')`);

/** Drills with checks that try something; whether they can does not decide about the drill. */
function drillTrying(
  where: Workspace,
  attempts: readonly Attempt[],
  env: Record<string, string> = {},
  checks: readonly Attempt[] = [],
): Promise<DrillRun> {
  const tries = attempts.map((attempt) => ({ ...attempt, severity: 'warning', timeout: '5m' }));
  return startDrill(where, [writePlan(where, 'fence', { checks: [...checks, ...tries] })], env).finished;
}

/** What the attempts came to, by name: their exit status, and what they said last. */
function observed({ report }: DrillRun): Record<string, string> {
  const checks = report?.checks.filter(({ kind }) => kind === 'sql' || kind === 'command') ?? [];
  return Object.fromEntries(checks.map(({ name, observed: seen, message }) => [name, seen ?? message ?? '']));
}

const postmaster = (): string => readFileSync(join(cluster.data, 'postmaster.pid'), 'utf8').split('\n')[0] ?? '';

const refused = (what: RegExp): unknown => expect.stringMatching(new RegExp(`^exit status [1-9].*${what.source}`, 's'));

interface Stranger {
  readonly pid: string;
  readonly lives: () => boolean;
  readonly end: () => void;
}

/** A process of production's user on the machine of the sandbox, which does nothing. */
async function startStranger(): Promise<Stranger> {
  if (sandboxKind === 'ssh') {
    const server = serverOf(inject('server'));
    const pid = server
      .sh(
        `rm -f /tmp/stranger
        setpriv --reuid=postgres --clear-groups -- setsid sh -c 'echo $$ >/tmp/stranger; exec sleep 900' </dev/null >/dev/null 2>&1 &
        until [ -s /tmp/stranger ]; do sleep 0.1; done; cat /tmp/stranger`,
      )
      .trim();
    return {
      pid,
      lives: () => server.sh(`kill -0 ${pid} 2>/dev/null && echo lives; true`).trim() === 'lives',
      end: () => void server.sh(`kill ${pid} 2>/dev/null; true`),
    };
  }
  const { uid, gid } = chooseRunUser(null, []);
  const child = spawn('sleep', ['900'], { uid, gid, stdio: 'ignore' });
  await new Promise((resolve) => child.once('spawn', resolve));
  return {
    pid: String(child.pid),
    lives: () => child.exitCode === null && child.signalCode === null,
    end: () => void child.kill('SIGKILL'),
  };
}

const INSERT = 'insert into marks values (666)';
const SECONDS = String(80_000 + process.pid / 1000);
const LINGER = `setsid sleep ${SECONDS}`;
const LIST_ENVIRONMENT = 'tr "\\0" "\\n" </proc/self/environ; cat /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n"';

/**
 * What is tried in one drill, by the trial that asks what came of it: none of it gets in the way of anything else. What
 * leaves processes behind is last.
 */
const TRIED: Readonly<Record<string, (stranger: Stranger) => readonly Attempt[]>> = {
  A1: () => {
    const socket = `-h ${root}/sock -p ${cluster.port} -U postgres`;
    const by = `host=${root}/sock port=${cluster.port} user=postgres dbname=postgres`;
    return [
      serverRuns('psql of the server', `psql ${socket} -c "${INSERT}" postgres`),
      sql('dblink', `select dblink_exec('${by}', '${INSERT}')`),
      { name: 'psql of a check', command: ['psql', ...socket.split(' '), '-c', INSERT, 'postgres'] },
    ];
  },
  A2: ({ pid }) => {
    const kill = `kill -9 ${pid} ${postmaster()}`;
    return [
      serverRuns('by the server', kill),
      { name: 'by a check', command: ['sh', '-c', kill] },
      { name: 'processes that a check sees', command: ['sh', '-c', 'ls -d /proc/[0-9]* | wc -l'] },
    ];
  },
  A3: () => [
    read('a file of the user', join(root, 'pgpass')),
    { name: 'the same by a check', command: ['cat', join(root, 'pgpass')] },
    read("production's pgbackrest.conf", cluster.config),
    read('accounts', '/etc/shadow'),
    ...(sandboxKind === 'docker'
      ? []
      : [
          read('the repository', join(root, 'repo1/archive/shop/archive.info')),
          serverRuns('the secrets of the run', 'find / -name pgbackrest.conf -readable 2>/dev/null | grep .'),
          { name: 'sockets', command: ['sh', '-c', 'find / -xdev -type s | grep -v PGSQL'] },
          // On a server the run's own memory lies in /run/pgdrill.
          {
            name: 'homes',
            command: ['sh', '-c', 'ls -A /home /root /run /var/tmp | grep -v -e ^/ -e "^pgdrill$" | grep .'],
          },
        ]),
  ],
  A7b: () => [
    { name: 'a check', command: ['sh', '-c', `(${LIST_ENVIRONMENT}) | grep -a -e AWS_ -e SSH_`] },
    serverRuns('the server', `(${LIST_ENVIRONMENT}) | grep -a -e AWS_ -e SSH_`),
    serverRuns('the path', `(${LIST_ENVIRONMENT}) | grep -a PATH=`),
  ],
  A14: () => [
    serverRuns('an image of its memory', 'ulimit -c unlimited'),
    ...(sandboxKind === 'docker'
      ? []
      : [
          serverRuns('its rank', 'for p in /proc/[0-9]*; do echo 0 >$p/oom_score_adj && exit 0; done; exit 1'),
          serverRuns('a whole disk', 'fallocate -l 1M taken'),
          serverRuns('io_uring', `perl -e 'my $p = "\\0" x 120; exit(syscall(425, 8, $p) < 0)'`),
        ]),
  ],
  A20: () => [
    serverRuns('it is there', 'test -x pgbackrest'),
    serverRuns('what it saw', 'test -e stolen'),
    serverRuns('what it is run by', 'ls "$PWD/../feed/wal/wal-serve.sh"'),
  ],
  A8: () => [
    serverRuns('by the server', `${LINGER} </dev/null >/dev/null 2>&1 &`),
    { name: 'by a check', command: ['sh', '-c', `${LINGER} </dev/null >/dev/null 2>&1 &`] },
    { name: 'with its output open', command: ['sh', '-c', `${LINGER} & echo done`] },
  ],
};

interface Tried {
  readonly run: DrillRun;
  readonly stranger: Stranger;
  /** What the attempts of a trial came to. */
  readonly of: (id: string) => Record<string, string>;
}

let trying: Promise<Tried> | null = null;
afterAll(async () => (await trying)?.stranger.end());

/** The drill that tries it all, the first time that it is asked for. */
function tried(): Promise<Tried> {
  return (trying ??= tryAll());
}

async function tryAll(): Promise<Tried> {
  await production.writeFile(join(root, 'pgpass'), 'word-that-is-secret', 0o600);
  const stranger = await startStranger();
  const attempts = Object.entries(TRIED).flatMap(([id, make]) =>
    make(stranger).map((attempt) => ({ ...attempt, name: `${id}: ${attempt.name}` })),
  );
  // Shared memory is made as before, though by writing.
  const parallel = 'set force_parallel_mode = on; select count(*) = 0 from marks';
  const checks = [{ name: 'parallel', command: ['psql', '-X', '-v', 'ON_ERROR_STOP=1', '-c', parallel] }];
  const env = {
    AWS_SECRET_ACCESS_KEY: 'word-of-the-cloud',
    SSH_AUTH_SOCK: '/tmp/agent-of-the-user',
    PATH: `.:${process.env['PATH'] ?? ''}:`,
  };
  const run = await drillTrying(place(), attempts, env, checks);
  const of = (id: string): Record<string, string> =>
    Object.fromEntries(
      Object.entries(observed(run)).flatMap(([name, seen]) =>
        name.startsWith(`${id}: `) ? [[name.slice(id.length + 2), seen]] : [],
      ),
    );
  return { run, stranger, of };
}

trial('A1', async () => {
  const { run, of } = await tried();
  expect(of('A1')).toEqual({
    'psql of the server': refused(/child process/),
    dblink: refused(/could not establish connection/),
    'psql of a check': refused(/No such file or directory/),
  });
  expect(await cluster.value('select count(*) from marks')).toBe('0');
  return run;
});

trial('A2', async () => {
  const { run, of, stranger } = await tried();
  const seen = of('A2');
  expect(seen).toMatchObject({
    'by the server': refused(/child process/),
    'by a check': refused(/No such process/),
  });
  if (sandboxKind !== 'docker')
    expect(Number(/: (\d+)$/.exec(seen['processes that a check sees'] ?? '')?.[1])).toBeLessThan(6);
  expect(stranger.lives()).toBe(true);
  expect(await cluster.value('select 1')).toBe('1');
  return run;
});

trial('A3', async () => {
  const { run, of } = await tried();
  const seen = of('A3');
  expect(Object.keys(seen)).toHaveLength(sandboxKind === 'docker' ? 4 : 8);
  for (const [name, said] of Object.entries(seen)) expect({ name, said }).toEqual({ name, said: refused(/$/) });
  expect(JSON.stringify(run.report)).not.toContain('word-that-is-secret');
  return run;
});

claim('A5', async () => {
  const user = chooseRunUser(null, []);
  const host = new LocalHost({ user, fence: null, env: {} });
  const theirs = makeTestDirectory('links');
  const ours = makeTestDirectory('root-only');
  onTestFinished(() => [theirs, ours].forEach((path) => rmSync(path, { recursive: true, force: true })));
  chmodSync(ours, 0o700);
  writeFileSync(join(ours, 'file'), 'of root', { mode: 0o600 });
  symlinkSync(join(ours, 'file'), join(theirs, 'link'));
  symlinkSync(join(ours, 'absent'), join(theirs, 'dangling'));
  symlinkSync(ours, join(theirs, 'directory'));
  for (const name of ['link', 'dangling']) {
    await host.writeFile(join(theirs, name), 'ours', 0o600);
    expect(lstatSync(join(theirs, name))).toMatchObject({ uid: user.uid });
    expect(lstatSync(join(theirs, name)).isFile()).toBe(true);
  }
  await expect(host.writeFile(join(theirs, 'directory/x'), 'ours', 0o600)).rejects.toThrow(/ENOTDIR|ELOOP/);
  await expect(host.makeDirectory(join(theirs, 'directory/y'))).rejects.toThrow(/ENOTDIR|ELOOP/);
  symlinkSync(join(ours, 'file'), join(theirs, 'read'));
  await expect(host.readFile(join(theirs, 'read'))).rejects.toThrow('something else was put in the place of');
  await expect(host.readFile(join(theirs, 'directory/file'))).rejects.toThrow('something else was put in the place of');
  const daemon = await host.start(['true'], { logPath: join(theirs, 'read'), role: 'tool' });
  await daemon.exited;
  expect(readdirSync(ours)).toEqual(['file']);
  expect(readFileSync(join(ours, 'file'), 'utf8')).toBe('of root');
  expect(statSync(join(ours, 'file')).uid).toBe(0);
});

trial('A7b', async () => {
  const { run, of } = await tried();
  expect(of('A7b')).toMatchObject({
    'a check': 'exit status 1',
    'the server': refused(/DETAIL/),
    'the path': expect.stringContaining('exit status 0') as string,
  });
  return run;
});

trial('A8', async () => {
  const { run, of } = await tried();
  expect(of('A8')).toMatchObject({
    'by the server': expect.stringContaining('exit status 0') as string,
    'by a check': 'exit status 0',
    'with its output open': 'exit status 0: done',
  });
  expect(processes().filter(({ argv }) => argv.includes(SECONDS))).toEqual([]);
  return run;
});

trial('A9', async () => {
  const run = await drillTrying(place(), [
    serverRuns(
      'a false number',
      `{ echo ${postmaster()}; tail -n +2 postmaster.pid; } >x; cat x >postmaster.pid; rm x`,
    ),
  ]);
  expect(observed(run)['a false number']).toContain('exit status 0');
  expect(run.report?.cleanup.done).toBe(true);
  await delay(200);
  expect(await cluster.value('select 1')).toBe('1');
  expect(readFileSync(join(root, 'log/postgresql.log'), 'utf8')).not.toMatch(/received .* shutdown request/);
  return run;
});

trial('A10', async () => {
  const where = place();
  const secret = join(where.root, 'of-root');
  writeFileSync(secret, 'word-of-root', { mode: 0o600 });
  if (sandboxKind === 'ssh') serverOf(inject('server')).sh('umask 077; echo word-of-root >/root/of-root');
  const target = sandboxKind === 'ssh' ? '/root/of-root' : secret;
  const log = 'log=$(ls -d $PWD/../log/postgresql.log)';
  const run = await drillTrying(where, [
    serverRuns('a link', `${log}; rm $log && ln -s ${target} $log`),
    serverRuns('another', `ln -sf ${target} $PWD/postgresql.auto.conf`),
  ]);
  expect(observed(run)).toEqual({
    'a link': expect.stringContaining('exit status 0') as string,
    another: expect.stringContaining('exit status 0') as string,
  });
  const kept = readdirSync(run.folder).map((name) => readFileSync(join(run.folder, name), 'utf8'));
  expect(kept.filter((text) => text.includes('word-of-root'))).toEqual([]);
  expect(existsSync(secret)).toBe(true);
  // The log could not be kept, which leaves nothing behind.
  expect(run.report?.cleanup.done).toBe(true);
  expect(run.status).toBe(0);
  return run;
});

trial('A14', async () => {
  const { run, of } = await tried();
  const seen = of('A14');
  expect(Object.keys(seen)).toHaveLength(sandboxKind === 'docker' ? 1 : 4);
  for (const [name, said] of Object.entries(seen))
    expect({ name, said }).toEqual({ name, said: refused(/child process exited/) });
  expect(run.report?.checks.find(({ name }) => name === 'parallel')?.status).toBe('passed');
  return run;
});

/** Runs a drill that must pass, started by other words. */
function startBy(before: readonly string[], where: Workspace, plan: string): void {
  const [program = '', ...words] = [...before, ...drillArgv(where, [plan])];
  const { status, stderr } = spawnSync(program, words, { cwd: '/', encoding: 'utf8' });
  expect({ status, stderr }).toMatchObject({ status: 0 });
}

if (sandboxKind === 'local') {
  claim('A15', async () => {
    const where = place();
    const file = join(where.root, 'of-the-shell');
    const checks = [{ ...serverRuns('writes', 'bash -c "echo x >&237"'), severity: 'warning' }];
    const shell = ['bash', '-c', 'exec 237>"$0"; exec "$@"', file];
    startBy(shell, where, writePlan(where, 'descriptor', { checks }));
    expect(readFileSync(file, 'utf8')).toBe('');
    return Promise.resolve();
  });

  claim('A16', async () => {
    const where = place();
    const { uid, gid } = chooseRunUser(null, []);
    chownSync(where.root, uid, gid);
    const shut = 'mkdir -p shut/in; cp PG_VERSION shut/in; chmod 0 shut/in shut';
    const checks = [serverRuns('shuts', shut)];
    const asUser = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--', 'env', `HOME=${where.root}`];
    startBy(asUser, where, writePlan(where, 'shut', { checks }));
    expect(leftovers(where)).toEqual([]);
    return Promise.resolve();
  });
}

trial('A20', async () => {
  const { run, of } = await tried();
  expect(of('A20')).toEqual({
    'it is there': expect.stringContaining('exit status 0') as string,
    'what it saw': refused(/child process/),
    'what it is run by': refused(/child process/),
  });
  return run;
});

const FEW_FILES = 'size=400m,nr_inodes=20000';

/** Drills in a file system that takes few files. */
async function drillAmongFewFiles(where: Workspace, checks: readonly object[]): Promise<DrillRun> {
  if (sandboxKind === 'local') {
    mkdirSync(where.scratch);
    const script = `mount -t tmpfs -o ${FEW_FILES},mode=0755 tmpfs ${where.scratch} && exec "$@"`;
    const by = ['unshare', '--mount', 'sh', '-c', script, 'sh'];
    return startDrill(where, [writePlan(where, 'files', { checks })], {}, by).finished;
  }
  if (sandboxKind === 'ssh') {
    const scratch = `/few-${process.pid}`;
    const server = serverOf(inject('server'));
    server.sh(`mkdir ${scratch} && mount -t tmpfs -o ${FEW_FILES},mode=0755 none ${scratch}`);
    onTestFinished(() => void server.sh(`umount -l ${scratch} && rmdir ${scratch}`));
    return drill({ ...where, scratch }, writePlan(where, 'files', { checks, sandbox: { scratch } }));
  }
  const volume = `pgdrill-kept-${where.name}`;
  const options = ['type=tmpfs', 'device=tmpfs', `o=${FEW_FILES},mode=1777`].flatMap((option) => ['--opt', option]);
  dockerLines('volume', 'create', ...options, volume);
  onTestFinished(() => void dockerLines('volume', 'rm', volume));
  return drill(where, writePlan(where, 'files', { name: where.name, checks, sandbox: { reuse: true } }));
}

trial('A21', () => {
  const make = `perl -e 'for (1..30000) { open(my $file, ">", "file$_") or last } sleep 240'`;
  return drillAmongFewFiles(place(), [{ ...serverRuns('files without end', make), timeout: '5m' }]);
});

if (sandboxKind !== 'docker') {
  trial('A13', async () => {
    const where = place();
    const scratch = sandboxKind === 'ssh' ? `/srv/theirs-${process.pid}/scratch` : join(where.root, 'theirs/scratch');
    const make = `install -d -o postgres ${dirname(scratch)}`;
    if (sandboxKind === 'ssh') serverOf(inject('server')).sh(make);
    else execFileSync('sh', ['-c', make]);
    return drill({ ...where, scratch }, writePlan(where, 'theirs', { sandbox: { scratch } }));
  });

  trial('I10a', () => {
    const where = place();
    return drill(where, writePlan(where, 'missing', { checks: [{ name: 'missing', command: ['no-such-program'] }] }));
  });
}

if (sandboxKind === 'local') {
  trial('I10k', async () => {
    const where = place();
    const elsewhere = { ...where, root: makeTestDirectory('plan') };
    onTestFinished(() => rmSync(elsewhere.root, { recursive: true, force: true }));
    const run = await drill(where, writePlan(elsewhere, 'bare', { checks: [{ name: 'here', command: ['pwd'] }] }));
    expect(observed(run)).toEqual({ here: `exit status 0: ${elsewhere.root}` });
    return run;
  });

  trial('I10b', () => {
    const where = place();
    for (const [directory, word] of [
      [join(where.root, 'checks'), 'beside'],
      [join(root, `elsewhere-${process.pid}`), 'elsewhere'],
    ] as const) {
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, 'word'), word);
      writeFileSync(join(directory, 'check.sh'), '#!/bin/sh\ncat "$(dirname "$0")/word"\n', { mode: 0o755 });
    }
    const elsewhere = join(root, `elsewhere-${process.pid}`);
    const checks = [
      { name: 'beside', command: ['./checks/check.sh'] },
      { name: 'elsewhere', command: [`${elsewhere}/check.sh`] },
      { name: 'given to sh', command: ['sh', 'checks/check.sh'] },
    ];
    return drill(where, writePlan(where, 'programs', { checks, sandbox: { mounts: [elsewhere] } })).then((run) => {
      expect(observed(run)).toEqual({
        beside: 'exit status 0: beside',
        elsewhere: 'exit status 0: elsewhere',
        'given to sh': 'exit status 0: beside',
      });
      return run;
    });
  });
}
