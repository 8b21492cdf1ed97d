import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootstrap } from '../../src/sandbox/ssh/bootstrap.ts';
import { sshSandbox } from '../../src/sandbox/ssh/schema.ts';
import {
  makeContainerDirectory,
  makeContainerProduction,
  removeContainerDirectory,
  type ContainerProduction,
} from '../fixtures/container-production.ts';
import { imageFor } from '../fixtures/docker-images.ts';
import { drill, workspace, writePlan, type DrillRun } from '../fixtures/drill.ts';
import { dockerLines } from '../fixtures/engine.ts';
import { pointTo, startPostgresqlOrg } from '../fixtures/postgresql-org.ts';
import { leftOnServer, startSupervisor, startServer, type TestServer } from '../fixtures/ssh-server.ts';
import { LONG_MS } from '../fixtures/until.ts';
import { moments } from './moments.ts';

/** No machine listens there. */
const NOWHERE = '127.0.0.1';

/** Of PostgreSQL 15, whatever this machine has. */
const root = makeContainerDirectory('of-15');
let production: ContainerProduction;
let postgresqlOrg: Awaited<ReturnType<typeof startPostgresqlOrg>>;
let server: TestServer;
beforeAll(async () => {
  postgresqlOrg = await startPostgresqlOrg();
  production = await makeContainerProduction(imageFor(15), root, [`repo1-path=${root}/repo`], [1]);
  dockerLines(
    'run',
    '--rm',
    '--user=0',
    `--volume=${root}:${root}`,
    imageFor(15),
    'chmod',
    '--recursive',
    'a+rX',
    root,
  );
});
afterAll(() => {
  removeContainerDirectory(root, imageFor(15));
  postgresqlOrg.remove();
});

const startTrixie = async (): Promise<void> => {
  server = await startServer({ image: 'trixie', sees: [root, postgresqlOrg.keys] });
};

async function drillOnServer(): Promise<DrillRun> {
  const place = { ...workspace(), config: production.config, repo: join(root, 'repo') };
  const run = await drill(place, writePlan(place, 'drill', { name: place.name, sandbox: server.sandbox }));
  expect(leftOnServer(server, place.name)).toEqual([]);
  return run;
}

/** Makes the server ready for a major version, without a drill. */
async function makeReady(major: number, meanwhile: () => Promise<void> = async () => {}): Promise<string[]> {
  const supervisor = await startSupervisor(server, 'bootstrap');
  try {
    const plan = sshSandbox.parse(server.sandbox);
    const [installed] = await Promise.all([
      bootstrap(supervisor, plan, major, new AbortController().signal),
      meanwhile(),
    ]);
    return installed;
  } finally {
    await supervisor.finish(AbortSignal.timeout(LONG_MS));
  }
}

/** Nothing of PostgreSQL is on the server, and its apt works with the sources that it had. */
function expectAsBefore(): void {
  expect(server.sh('ls -A /etc/apt/sources.list.d /etc/postgresql-common/createcluster.d')).not.toMatch(/pgd/);
  server.sh('apt-get -qq -o APT::Update::Error-Mode=any update && apt-get -qq install --simulate bubblewrap');
  expect(server.sh('ls /usr/lib/postgresql 2>&1; true')).toContain('No such file');
}

function expectNotMade(run: DrillRun, why: string): void {
  expect(run).toMatchObject({ status: 3, report: { verdict: 'inconclusive' } });
  expect(run.report?.reasons.map(({ code }) => code)).toEqual(['bootstrap-failed']);
  expect(run.report?.reasons[0]?.message).toContain(`this suite has no PostgreSQL 15, and ${why}`);
  expectAsBefore();
}

describe('a server whose suite has not got the major version of the backup, and postgresql.org is of no help', () => {
  beforeAll(startTrixie);
  afterAll(() => server.remove());

  test('since nobody answers', async () => {
    pointTo(server, NOWHERE);
    expectNotMade(await drillOnServer(), 'postgresql.org cannot be reached: ');
  });

  test('since what it offers is not signed with its key', async () => {
    pointTo(server, postgresqlOrg.address);
    postgresqlOrg.vouchFor(server);
    expectNotMade(await drillOnServer(), 'what answers for postgresql.org is not signed by it: ');
  });

  test('since it has nothing for this suite', async () => {
    const run = await postgresqlOrg.withoutSuite(drillOnServer);
    expectNotMade(run, 'postgresql.org has nothing for this suite: ');
  });

  test('since it has not got that major version either; others who read the lists are waited for', async () => {
    postgresqlOrg.giveKey(server);
    // A lock as apt takes it, until the file is gone.
    server.sh(`set -e
      perl -e 'open my $lists, "+>", "/var/lib/apt/lists/lock" or die;
        my $write = pack("s s l! l! i", 1, 0, 0, 0, 0);
        fcntl($lists, 6, $write) or die;
        open my $mark, ">", "/locked";
        sleep 1 while -e "/locked"' >/dev/null 2>&1 &
      until [ -e /locked ]; do kill -0 $!; sleep 0.1; done`);
    const made = makeReady(14, async () => {
      await moments.reached(() => server.sh('grep -ls "Could not get lock" /tmp/tmp.*; true'));
      server.sh('rm /locked');
    });
    await expect(made).rejects.toMatchObject({
      code: 'bootstrap-failed',
      message: expect.stringMatching(/this suite has no PostgreSQL 14, and postgresql.org has not got it either$/),
    });
    expectAsBefore();
  });
});

describe('a server whose suite has not got the major version of the backup', () => {
  beforeAll(async () => {
    await startTrixie();
    pointTo(server, postgresqlOrg.address);
    postgresqlOrg.vouchFor(server);
    postgresqlOrg.giveKey(server);
  });
  afterAll(() => server.remove());

  test('gets it from postgresql.org, and is drilled on', async () => {
    const run = await drillOnServer();
    expect(run.report?.reasons).toEqual([]);
    expect(run).toMatchObject({ status: 0, report: { verdict: 'passed' } });
    expect(run.report?.sandbox.server?.installed.join(' ')).toMatch(/bubblewrap .* pgbackrest .* postgresql-15 15\./);
    const sources = server.sh('cat /etc/apt/sources.list.d/pgdg.sources');
    expect(sources).toMatch(/^URIs: https:\/\/apt.postgresql.org\/pub\/repos\/apt\nSuites: trixie-pgdg$/m);
    expect(server.sh('ls /etc/postgresql-common/createcluster.d; pg_lsclusters --no-header')).toBe('');
  });

  test('has it the second time', async () => {
    const run = await drillOnServer();
    expect(run).toMatchObject({ status: 0, report: { sandbox: { server: { installed: [], bootstrapMs: null } } } });
  });

  test('keeps what its sources name of postgresql.org when that has not got a major version', async () => {
    const words = "PostgreSQL 14 is neither in this suite nor in what this server's sources name of postgresql.org";
    await expect(makeReady(14)).rejects.toMatchObject({
      code: 'bootstrap-failed',
      message: expect.stringContaining(words),
    });
    expect(server.sh('cat /etc/apt/sources.list.d/pgdg.sources')).toContain('trixie-pgdg');
  });
});
