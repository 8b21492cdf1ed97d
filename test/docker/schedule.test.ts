import { chownSync, existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { reportSchema, type DrillReport } from '../../src/report/report.ts';
import { duesBetween } from '../../src/schedule/due.ts';
import { laterOnTheDay, onCalendar } from '../../src/schedule/timers/on-calendar.ts';
import { makeTestDirectory } from '../fixtures/cluster.ts';
import { randomSchedules } from '../fixtures/random-schedules.ts';
import { startSystemdMachine, type SystemdMachine } from '../fixtures/systemd-machine.ts';
import { until } from '../fixtures/until.ts';

// One machine for all of it: to start it takes longer than most of what is shown on it.

const golden = inject('golden');
const program = inject('program');
const root = makeTestDirectory('schedule');

/** What is odd to a shell, to cron and to systemd. */
const home = join(root, `100% of "$HOME" it's`);
const { uid, gid } = statSync(golden.repo1);

let machine: SystemdMachine;
let user: string;
let byCron: ReturnType<typeof drill>;

function plan(name: string, more: Readonly<Record<string, unknown>>, owner = { uid, gid }): string {
  const file = join(home, 'drills', `${name}.yaml`);
  const source = { stanza: 'shop', config: golden.config, repo: 1 };
  const sandbox = { kind: 'local', scratch: join(root, 'scratch', name) };
  writeFileSync(file, JSON.stringify({ name, source, sandbox, reports: join(root, 'reports', name), ...more }));
  for (const directory of [sandbox.scratch, join(root, 'reports', name)]) {
    mkdirSync(directory, { recursive: true });
    chownSync(directory, owner.uid, owner.gid);
  }
  return file;
}

function drill(...words: string[]) {
  const { status, stdout, stderr } = machine.run(home, process.execPath, program, ...words);
  return { status, stdout, stderr };
}

function reportsOf(name: string): DrillReport[] {
  const files = globSync(`${name}/${name}/*/report.json`, { cwd: join(root, 'reports') }).toSorted();
  return files.map((file) => reportSchema.parse(JSON.parse(readFileSync(join(root, 'reports', file), 'utf8'))));
}

/** What systemd says of a unit. */
function shown(unit: string): Record<string, string> {
  const lines = machine.must('systemctl', 'show', unit).split('\n');
  return Object.fromEntries(lines.map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]));
}

beforeAll(async () => {
  mkdirSync(join(home, 'drills'), { recursive: true });
  machine = await startSystemdMachine([golden.root, dirname(dirname(program))], [root]);
  user = machine.accountOf(uid);
  // cron begins with the next minute; until then the others have their turn.
  plan('by-cron', { schedule: { cron: '* * * * *' } });
  byCron = drill('schedule', 'install', 'by-cron', '--with', 'cron', '--user-name', user);
});

afterAll(() => machine.remove());

test('a timer runs what was missed, behind the fence of its service, and is removed without a trace', async () => {
  plan('by-timer', { schedule: 'yearly' });
  // As root, who becomes the owner of the repository.
  const checks = [{ name: 'no', database: 'postgres', sql: 'select false' }];
  const sandbox = { kind: 'local', scratch: '/var/lib/pgdrill' };
  machine.must('mkdir', '-p', sandbox.scratch);
  plan('broken', { schedule: 'monthly', checks, sandbox }, { uid: 0, gid: 0 });
  // It was due in the night, and the machine was off.
  machine.must('mkdir', '-p', '/var/lib/systemd/timers');
  machine.must('touch', '--date=2 years ago', '/var/lib/systemd/timers/stamp-pgdrill-by-timer.timer');
  const byTimer = ['by-timer', '--with', 'systemd', '--user-name', user, '--delay', '0'];
  const broken = ['broken', '--with', 'systemd', '--delay', '0'];
  const printed = [byTimer, broken].map((words) => drill('schedule', 'print', ...words).stdout);
  const installed = [byTimer, broken].map((words) => drill('schedule', 'install', ...words));
  for (const one of installed) expect(one).toMatchObject({ status: 0, stderr: '' });
  expect(installed[0]?.stdout).toContain('by-timer: is asked for by systemd, and is due at 03:00');
  const units = ['by-timer', 'broken'].flatMap((name) => [`pgdrill-${name}.service`, `pgdrill-${name}.timer`]);
  const files = units.map((unit) => `/etc/systemd/system/${unit}`);
  expect(printed.join('\n')).toBe(files.map((file) => `# ${file}\n${machine.must('cat', file)}`).join('\n'));
  expect(machine.run('/', 'systemd-analyze', 'verify', ...files)).toMatchObject({ status: 0, stdout: '', stderr: '' });

  await until('the timer has run what was missed', () => reportsOf('by-timer').length > 0, 100);
  await until('the service has ended', () => shown('pgdrill-by-timer.service')['ActiveState'] === 'inactive', 100);
  expect(shown('pgdrill-by-timer.service')).toMatchObject({ Result: 'success', ExecMainStatus: '0', User: user });
  const [report] = reportsOf('by-timer');
  expect(report).toMatchObject({
    verdict: 'passed',
    reasons: [],
    trigger: { kind: 'scheduled' },
    cleanup: { done: true },
  });
  // bubblewrap fences the copy off behind the fence of systemd as well.
  const isolation = report?.checks.filter(({ kind }) => kind === 'isolation') ?? [];
  expect(isolation.length).toBeGreaterThan(20);
  expect(isolation.filter(({ status }) => status !== 'passed')).toEqual([]);

  // It ran, so it is not due: whoever asks is told nothing, and nothing runs.
  machine.must('systemctl', 'start', 'pgdrill-by-timer.service');
  expect(reportsOf('by-timer')).toHaveLength(1);

  // What failed is seen by whoever looks at units.
  expect(machine.run('/', 'systemctl', 'start', 'pgdrill-broken.service').status).toBe(1);
  expect(shown('pgdrill-broken.service')).toMatchObject({ ActiveState: 'failed', ExecMainStatus: '1', User: 'root' });
  expect(reportsOf('broken')[0]?.reasons).toMatchObject([{ code: 'check-failed' }]);
  expect(shown('pgdrill-broken.service')['SuccessExitStatus']).toBe('5');

  const list = drill('schedule', 'list', 'by-timer', 'by-cron', 'broken');
  expect(list.stdout).toMatch(/by-timer {2}✓ in time\n(?: {2}.*\n)* {2}started by +systemd, pgdrill-by-timer.timer\n/);
  expect(list.stdout).toMatch(/broken {2}✗ failing\n/);
  expect(list.stdout).toContain('started by   cron, /etc/cron.d/pgdrill\n');

  // All of it goes, and a second time there is nothing to do.
  expect(drill('schedule', 'remove', 'by-timer', 'broken')).toMatchObject({ status: 0, stderr: '' });
  expect(machine.run('/', 'systemctl', 'list-units', '--all', '--no-legend', 'pgdrill-*').stdout).toBe('');
  expect(
    machine.run(
      '/',
      'sh',
      '-c',
      'ls -d /etc/systemd/system/pgdrill* /etc/systemd/system/*/pgdrill* /var/lib/systemd/timers/*pgdrill*',
    ).stdout,
  ).toBe('');
  expect(drill('schedule', 'remove', 'by-timer').stdout).toBe('by-timer: nothing here asks for it\n');
});

/** Runs a command as the owner of the repository, who has a manager of units. */
function asUser(...words: string[]) {
  const become = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--init-groups'];
  return machine.run(home, ...become, 'env', `HOME=${root}`, 'XDG_RUNTIME_DIR=/run/of-user', ...words);
}

test('the crontab of a user keeps what else is in it', () => {
  plan('own', { schedule: 'monthly' });
  const pgdrill = (...words: string[]) => asUser(process.execPath, program, 'schedule', ...words);
  expect(asUser('sh', '-c', 'echo "5 4 * * * true # 100%" | crontab -').status).toBe(0);
  expect(pgdrill('install', 'own', '--with', 'cron')).toMatchObject({ status: 0, stderr: '' });
  const text = asUser('crontab', '-l').stdout;
  expect(text).toMatch(/^5 4 \* \* \* true # 100%\n# pgdrill begin own [0-9a-f]{16} of /);
  expect(pgdrill('install', 'own', '--with', 'cron')).toMatchObject({ status: 0, stderr: '' });
  expect(asUser('crontab', '-l').stdout).toBe(text);
  expect(pgdrill('list', 'own').stdout).toContain('started by   cron, the crontab');
  expect(pgdrill('remove', 'own')).toMatchObject({ status: 0, stderr: '' });
  expect(asUser('crontab', '-l').stdout).toBe('5 4 * * * true # 100%\n');
});

test.each(['systemd', 'cron'])(
  '%s: a user who could not write what the drill writes is told, and nothing is set up',
  (by) => {
    plan('closed', { schedule: 'daily' }, { uid: 0, gid: 0 });
    const refused = drill('schedule', 'install', 'closed', '--with', by, '--user-name', user);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain(`closed: ${user} cannot write to ${join(root, 'reports', 'closed')}: give it to`);
    expect(drill('schedule', 'list', 'closed').stdout).toContain('started by   nothing here');
  },
);

/** What logging in does: starts the manager of the units of a user. */
const MANAGER = `install -d -m 0700 -o "$1" /run/of-user
  { echo '[Service]'; echo Type=notify; echo "User=$1"; echo "Environment=XDG_RUNTIME_DIR=/run/of-user HOME=$2"
    echo 'ExecStart=/lib/systemd/systemd --user'; echo Delegate=yes; } >/run/systemd/system/of-user.service
  systemctl daemon-reload; systemctl start of-user`;

test('a user without root has a timer and a drill too', () => {
  machine.must('sh', '-c', MANAGER, 'sh', user, root);
  plan('own', { schedule: { every: '2w', at: '04:30', timezone: 'Europe/Istanbul' } });
  const schedule = (...words: string[]) => asUser(process.execPath, program, 'schedule', ...words);
  const installed = schedule('install', 'own', '--with', 'systemd');
  expect(installed).toMatchObject({ status: 0, stderr: '' });
  expect(installed.stdout).toContain('loginctl enable-linger');
  const verified = asUser('sh', '-c', 'systemd-analyze --user verify ~/.config/systemd/user/pgdrill-own.*');
  expect(verified).toMatchObject({ status: 0, stdout: '', stderr: '' });
  expect(asUser('systemctl', '--user', 'list-timers', '--no-legend').stdout).toContain('pgdrill-own.timer');
  expect(asUser('systemctl', '--user', 'start', 'pgdrill-own.service')).toMatchObject({ status: 0, stderr: '' });
  expect(reportsOf('own')).toMatchObject([{ verdict: 'passed', trigger: { kind: 'scheduled' } }]);
  expect(schedule('list', 'own').stdout).toContain('started by   systemd, pgdrill-own.timer\n');
  expect(schedule('remove', 'own')).toMatchObject({ status: 0, stderr: '' });
  expect(asUser('systemctl', '--user', 'list-timers', '--no-legend').stdout).toBe('');
});

/** When expressions elapse from a moment on, so often each. */
function elapses(expressions: readonly string[], from: Date, count: number): number[][] {
  const base = `--base-time=${from.toISOString().slice(0, 19).replace('T', ' ')}`;
  const text = machine.must('systemd-analyze', 'calendar', base, `--iterations=${count}`, ...expressions);
  const each = text.split('Normalized form:').slice(1);
  return each.map((part) =>
    [...part.matchAll(/(?:Next elapse|Iter\. #\d+): \w+ (\S+) (\S+) UTC/g)].map(([, day, time]) =>
      Date.parse(`${day}T${time}Z`),
    ),
  );
}

test('systemd asks whenever a drill is due, and at no other time but where it cannot count', () => {
  const [from, end] = [new Date('2026-02-01T00:00:00Z'), Date.UTC(2027, 5, 1)];
  const schedules = randomSchedules(70, 3);
  const expressions = [...new Set(schedules.flatMap(onCalendar))];
  const lists = elapses(expressions, from, 60);
  const forNothing: number[] = [];
  const leftOut: { readonly due: Date; readonly later: string[] }[] = [];
  for (const schedule of schedules) {
    const own = onCalendar(schedule).map((expression) => lists[expressions.indexOf(expression)] ?? []);
    const last = Math.min(end, ...own.map((list) => (list.length < 60 ? end : (list.at(-1) ?? end))));
    const asked = new Set(own.flat().filter((at) => at <= last));
    const dues = [...duesBetween(schedule, from, new Date(last))];
    const missing = dues.filter((due) => !asked.delete(due.getTime()));
    leftOut.push(...missing.map((due) => ({ due, later: laterOnTheDay(schedule) })));
    if (!schedule.text.startsWith('every')) forNothing.push(...asked);
  }
  expect(forNothing).toEqual([]);
  // There are such: times that the clock leaves out when summer begins.
  expect(leftOut.length).toBeGreaterThan(0);
  for (const { due, later } of leftOut) {
    const next = elapses(later, new Date(due.getTime() - 1000), 1).flat();
    expect(next).toContain(due.getTime());
  }
});

test('cron runs a drill, and is told of it no more', async () => {
  expect(byCron).toMatchObject({ status: 0, stderr: '' });
  await until('cron has run its drill', () => reportsOf('by-cron').length > 0, 100);
  expect(drill('schedule', 'remove', 'by-cron')).toMatchObject({ status: 0, stderr: '' });
  expect(reportsOf('by-cron')[0]).toMatchObject({ verdict: 'passed', trigger: { kind: 'scheduled' } });
  expect(machine.run('/', 'test', '-e', '/etc/cron.d/pgdrill').status).toBe(1);
});

test('what this left on the disk is nothing', () => {
  expect(existsSync(join(root, 'scratch/by-timer/.pgdrill-scratch'))).toBe(true);
  expect(globSync('scratch/*/*', { cwd: root }).filter((path) => !path.endsWith('locks'))).toEqual([]);
});
