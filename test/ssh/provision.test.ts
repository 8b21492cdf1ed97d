import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { shellJoin } from '../../src/core/shell-quote.ts';
import { makeTestDirectory } from '../fixtures/cluster.ts';
import type { SERVER_IMAGES } from '../fixtures/docker-images.ts';
import { command, drill, startDrill, workspace, writePlan, type DrillRun, type Workspace } from '../fixtures/drill.ts';
import { bridgeAddress, dockerLines } from '../fixtures/engine.ts';
import { makeLocalRepositories } from '../fixtures/repositories/local.ts';
import { LET_IN, serverArgv } from '../fixtures/ssh-server.ts';
import { killIfThere } from '../fixtures/kill-if-there.ts';
import { intentOf, intents, moments } from './moments.ts';

const shared = inject('server');
const keys = dirname(shared.identityFile);
const root = makeTestDirectory('remote');
let remote: Awaited<ReturnType<typeof makeLocalRepositories>>;

beforeAll(async () => {
  remote = await makeLocalRepositories(root, bridgeAddress());
});
afterAll(async () => {
  await remote.end();
  rmSync(root, { recursive: true, force: true });
});

/** A workspace whose one repository is in S3. */
function place(): Workspace {
  const base = workspace();
  const config = join(base.root, 'pgbackrest.conf');
  const lines = ['[global]', ...remote.lines('s3'), 'io-timeout=20', '[shop]', 'pg1-path=/var/lib/of-production', ''];
  writeFileSync(config, lines.join('\n'), { mode: 0o600 });
  return { ...base, config, repo: join(base.root, 'none') };
}

interface Maker {
  readonly image?: keyof typeof SERVER_IMAGES;
  /** What create does once the machine runs; by default it lets us in and prints where. */
  readonly next?: string;
  /** What destroy does before it removes the machine. */
  readonly before?: string;
}

const PRINT = `printf '{"host":"%s","user":"root","hostKey":"%s","id":"%s"}\\n' "$address" "$key" "of-$name"`;

/** Writes a script that makes and removes a machine as a cloud would, and the plan that uses it. */
function planOf(where: Workspace, maker: Maker = {}, plan: Readonly<Record<string, unknown>> = {}): string {
  const { image = 'ready', next = 'let_in; print', before = '' } = maker;
  const script = join(where.root, 'cloud.sh');
  const machine = shellJoin(['docker', ...serverArgv('NAME', { image })]).replace('NAME', '$name');
  const publicKey = readFileSync(join(keys, 'client.pub'), 'utf8').trim();
  writeFileSync(
    script,
    `set -e; name=$2; here=${where.root}
let_in() { docker exec -i "$name" sh -c ${shellJoin([LET_IN])} sh ${shellJoin([publicKey])} <${keys}/host >&2; }
slow_apt() { docker exec "$name" sh -c 'printf "#!/bin/sh\\ntouch /reached; sleep 300\\n" >/usr/bin/apt-get; chmod +x /usr/bin/apt-get'; }
print() { address=$(docker inspect --format '{{.NetworkSettings.IPAddress}}' "$name"); key=$(cut -d' ' -f1,2 ${keys}/host.pub); ${PRINT}; }
case $1 in
create) echo created >>$here/calls; ${machine} >&2; ${next} ;;
destroy) cat >$here/told; ${before}
  echo destroyed >>$here/calls; docker rm --force --volumes "$name" >&2 ;;
esac
`,
  );
  const words = (verb: string): string[] => ['sh', script, verb, '{name}'];
  return writePlan(where, 'drill', {
    name: where.name,
    ...plan,
    sandbox: {
      host: undefined,
      user: undefined,
      hostKey: undefined,
      provision: { create: words('create'), destroy: words('destroy') },
      ...(plan['sandbox'] as object | undefined),
    },
  });
}

const machines = (): string[] => dockerLines('ps', '--all', '--format', '{{.Names}}', '--filter', 'name=pgdrill-20');
const calls = (where: Workspace): string[] => {
  try {
    return readFileSync(join(where.root, 'calls'), 'utf8').trim().split('\n');
  } catch {
    return [];
  }
};
const sweep = async (where: Workspace): Promise<string> =>
  (await command(where, ['sweep', '--sandbox', 'ssh'])).stdout
    .split('\n')
    .filter((line) => line.includes(where.name))
    .join('\n');
const codes = (run: DrillRun): string[] | undefined => run.report?.reasons.map(({ code }) => code);

/** The machine of the run of a workspace that is going on. */
function machineOf(where: Workspace): string {
  return `pgdrill-${/"runId": "([^"]+)"/.exec(intentOf(where)?.text ?? '')?.[1]?.toLowerCase() ?? ''}`;
}

/** What a command prints in a machine; nothing while it fails. */
function inMachine(name: string, script: string): string {
  const { status, stdout } = spawnSync('docker', ['exec', name, 'sh', '-c', script], { encoding: 'utf8' });
  return status === 0 ? stdout : '';
}

/** The server was made and destroyed, and nothing speaks of it any more. */
function expectGone(where: Workspace, { report }: DrillRun): void {
  expect(calls(where)).toEqual(['created', 'destroyed']);
  expect(machines().filter((name) => name === `pgdrill-${report?.runId.toLowerCase() ?? ''}`)).toEqual([]);
  expect(intents().filter((file) => file.includes(report?.runId ?? '-'))).toEqual([]);
}

describe('a server that is made for the run', () => {
  test('out of a bare Debian: PostgreSQL and pgBackRest are installed, timed, and all is destroyed', async () => {
    const where = place();
    const run = await drill(where, planOf(where, { image: 'bare' }), '--check-sql', 'select max(id) = 5 from marks');
    expect(run.report?.reasons).toEqual([]);
    expect(run).toMatchObject({ status: 0, report: { verdict: 'passed', cleanup: { done: true } } });
    const { server } = run.report?.sandbox ?? {};
    expect(server?.id).toBe(`of-pgdrill-${run.report?.runId.toLowerCase() ?? ''}`);
    expect(server?.installed.join(' ')).toMatch(/bubblewrap .* pgbackrest 2\.\S+ postgresql-(\d+) \1\./);
    const parts = [server?.createMs, server?.readyMs, server?.bootstrapMs].map(Number);
    const provision = run.report?.phases.find(({ id }) => id === 'provision')?.durationMs ?? 0;
    for (const part of parts) expect(part).toBeGreaterThan(0);
    expect(parts.reduce((sum, part) => sum + part)).toBeLessThanOrEqual(provision);
    expect(run.report?.rto.measuredMs).toBeGreaterThan(provision);
    expectGone(where, run);
    expect(JSON.parse(readFileSync(join(where.root, 'told'), 'utf8'))).toMatchObject({ id: server?.id });
  });

  test('to a point in time', async () => {
    const where = place();
    const time = remote.production.after.get(3) ?? '';
    const run = await drill(
      where,
      planOf(where),
      '--target-time',
      time,
      '--check-sql',
      'select max(id) = 3 from marks',
    );
    expect(run.report?.reasons).toEqual([]);
    expect(run).toMatchObject({ status: 0, report: { sandbox: { server: { bootstrapMs: null, installed: [] } } } });
    expectGone(where, run);
  });

  test('as a standby: the rehearsal of replacing a dead node', async () => {
    const where = place();
    const run = await drill(where, planOf(where, {}, { target: 'standby' }));
    expect(run.report?.reasons).toEqual([]);
    expect(run).toMatchObject({ status: 0, report: { verdict: 'passed', recovery: { state: 'standby' } } });
    expect(run.report?.rto.measuredMs).toBeGreaterThan(0);
    expectGone(where, run);
  });
});

describe('a server that cannot be made is destroyed all the same', () => {
  test.each([
    { how: 'create prints rubbish', next: 'echo this is no JSON' },
    { how: 'create prints no host', next: `echo '{"id": 4711}'` },
    { how: 'create fails half-way', next: 'echo no more quota >&2; exit 7' },
    { how: 'create says where, and fails', next: 'let_in; print; exit 7' },
  ])('$how', async ({ next }) => {
    const where = place();
    const run = await drill(where, planOf(where, { next }));
    expect(run).toMatchObject({ status: 3, report: { verdict: 'inconclusive', cleanup: { done: true } } });
    expect(codes(run)).toEqual(['server-not-created']);
    expectGone(where, run);
  });

  test('it never comes up', async () => {
    const where = place();
    const run = await drill(where, planOf(where, { next: 'print' }, { sandbox: { readyWithin: '5s' } }));
    expect(run).toMatchObject({ status: 3, report: { verdict: 'inconclusive' } });
    expect(codes(run)).toEqual(['server-unreachable']);
    expect(run.report?.reasons[0]?.message).toMatch(/let nobody in within 5 s: .*Connection refused/);
    expectGone(where, run);
  });

  test('another machine answers in its place', async () => {
    const where = place();
    const other = readFileSync(join(keys, 'stranger.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
    const run = await drill(
      where,
      planOf(
        where,
        { next: `let_in; print | sed 's|"hostKey":"[^"]*"|"hostKey":"${other}"|'` },
        { sandbox: { readyWithin: '5s' } },
      ),
    );
    expect(codes(run)).toEqual(['host-key-refused']);
    expectGone(where, run);
  });

  test('the program that makes it is not there', async () => {
    const where = place();
    const provision = { create: ['no-such-cloud', '{name}'], destroy: ['true'] };
    const run = await drill(where, planOf(where, {}, { sandbox: { provision } }));
    expect(codes(run)).toEqual(['server-not-created']);
    expect(run.report?.reasons[0]?.message).toContain('no-such-cloud');
  });
});

test('a destroy that fails is exit 4 and a loud line with the id, and sweep tries again', async () => {
  const where = place();
  const run = await drill(
    where,
    planOf(where, { before: '[ -e $here/works ] || { echo the cloud is down >&2; exit 9; }' }),
  );
  onTestFinished(() => void dockerLines('rm', '--force', `pgdrill-${run.report?.runId.toLowerCase() ?? ''}`));
  expect(run).toMatchObject({ status: 4, report: { verdict: 'passed', cleanup: { done: false } } });
  const id = `of-pgdrill-${run.report?.runId.toLowerCase() ?? ''}`;
  expect(run.stderr).toMatch(new RegExp(`id ${id}, .* MAY STILL BE THERE, AND COST MONEY.*the cloud is down`));
  expect(await sweep(where)).toMatch(/could not remove .*MAY STILL BE THERE/);
  writeFileSync(join(where.root, 'works'), '');
  expect(await sweep(where)).toContain(`removed ${where.name}`);
  expectGone(where, run);
});

test('a secret of the cloud that create says when it fails is masked', async () => {
  const where = place();
  const plan = planOf(where, { next: 'echo "bad token $CLOUD_TOKEN" >&2; exit 1' });
  const run = await startDrill(where, [plan], { CLOUD_TOKEN: 'a-token-of-the-cloud-4711' }).finished;
  expect(codes(run)).toEqual(['server-not-created']);
  expect(run.report?.reasons[0]?.message).toContain('bad token [redacted]');
  expect(JSON.stringify(run)).not.toContain('a-token-of-the-cloud');
});

/** What create and destroy do, so that there is time to kill pgdrill at a moment. */
const SLOW: Readonly<Record<string, Maker>> = {
  create: { next: 'echo $$ >$here/maker; touch $here/reached; sleep 300' },
  'wait for the server': { next: 'print; touch $here/reached' },
  bootstrap: { image: 'bare', next: 'let_in; docker exec "$name" rm /usr/bin/apt-get; slow_apt; print' },
  restore: {},
  recovery: {},
  check: {},
  destroy: { before: '[ -e $here/reached ] || { echo $$ >$here/breaker; touch $here/reached; exec sleep 300; }' },
};

/** What waits in destroy outlives pgdrill, which was killed, and the sweep, which destroys the server by itself. */
function endBreaker(where: Workspace): void {
  const file = join(where.root, 'breaker');
  if (existsSync(file)) killIfThere(Number(readFileSync(file, 'utf8')));
}

test.each(Object.keys(SLOW))('kill -9 during the %s: sweep destroys the server', async (moment) => {
  const where = place();
  onTestFinished(() => endBreaker(where));
  const plan = planOf(where, SLOW[moment]);
  const run = startDrill(where, [plan, ...(moment === 'check' ? ['--check-sql', 'select pg_sleep(600) is null'] : [])]);
  if (moment === 'restore' || moment === 'recovery') await moments[moment](where);
  else if (moment === 'check')
    await moments.reached(() =>
      inMachine(machineOf(where), 'cat /proc/[0-9]*/cmdline | grep -a "postgres: .* \\(SELECT\\|FETCH\\)"'),
    );
  else if (moment === 'bootstrap') await moments.reached(() => inMachine(machineOf(where), 'ls /reached'));
  else await moments.file(join(where.root, 'reached'));
  const { file = '' } = intentOf(where) ?? {};
  run.kill('SIGKILL');
  await run.finished;
  const look = /"look": "([^"]+)"/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  expect(look).toMatch(/pgdrill-look-/);
  expect(await sweep(where)).toContain(`removed ${where.name}`);
  // It holds the configuration, and so its secrets.
  expect(existsSync(look)).toBe(false);
  expect(calls(where)).toEqual(['created', 'destroyed']);
  // What pgdrill had started does not make the server after all.
  const maker = join(where.root, 'maker');
  expect(existsSync(`/proc/${existsSync(maker) ? readFileSync(maker, 'utf8').trim() : 'none'}`)).toBe(false);
  expect(intents()).not.toContain(file);
  expect(machines().filter((name) => file.toLowerCase().includes(name.replace('pgdrill-', '')))).toEqual([]);
});

test('Ctrl-C while it is being made destroys it', async () => {
  const where = place();
  const run = startDrill(where, [planOf(where, { next: 'echo made >$here/made; sleep 300' })]);
  await moments.file(join(where.root, 'made'));
  run.kill('SIGINT');
  const ended = await run.finished;
  expect(ended).toMatchObject({ status: 130, report: { verdict: 'cancelled', cleanup: { done: true } } });
  expectGone(where, ended);
});

test('a repository on the disk of production is refused before anything is made', async () => {
  const where = workspace();
  const run = await drill(where, planOf(where));
  expect(run).toMatchObject({ status: 1, report: { verdict: 'failed' } });
  expect(codes(run)).toEqual(['repo-not-on-server']);
  expect(calls(where)).toEqual([]);
  expect(await sweep(where)).toBe('');
});
