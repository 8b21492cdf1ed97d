import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { bootstrap } from '../../src/sandbox/ssh/bootstrap.ts';
import type { ParityItem } from '../../src/drill/parity/item.ts';
import { sshSandbox } from '../../src/sandbox/ssh/schema.ts';
import { newestPostgres } from '../../src/demo/newest-postgres.ts';
import { production } from '../fixtures/cluster.ts';
import { command, drill, workspace, writePlan, type DrillRun, type Workspace } from '../fixtures/drill.ts';
import { leftOnServer, serverOf, startSupervisor, startServer, type TestServer } from '../fixtures/ssh-server.ts';
import { LONG_MS } from '../fixtures/until.ts';

const golden = inject('golden');

const drillOn = (
  place: Workspace,
  server: TestServer,
  more: Readonly<Record<string, unknown>> = {},
): Promise<DrillRun> =>
  drill(place, writePlan(place, 'drill', { name: place.name, sandbox: { ...server.sandbox, ...more } }));

/** What `drill plan` says that a server has and lacks. */
async function environmentOn(place: Workspace, server: Pick<TestServer, 'sandbox'>): Promise<Record<string, string>> {
  const plan = writePlan(place, 'environment', { name: place.name, sandbox: server.sandbox });
  const told = await command(place, ['plan', plan, '--config', place.config, '--json']);
  expect(told.status).toBe(0);
  const { environment } = JSON.parse(told.stdout) as { environment: ParityItem[] };
  return Object.fromEntries(environment.map(({ what, state, detail }) => [what, `${state}: ${detail}`]));
}

test('a server that is there is asked itself what it has and lacks', async () => {
  const place = workspace();
  const states = await environmentOn(place, serverOf(inject('server')));
  expect(states).toMatchObject({
    PostgreSQL: expect.stringMatching(/^(unknown|here): \d/) as string,
    extensions: 'here: none but plpgsql',
    locales: expect.stringMatching(/^here: /) as string,
    room: expect.stringMatching(/^here: .* free/) as string,
  });
  expect(leftOnServer(serverOf(inject('server')), place.name)).toEqual([]);
});

describe('a server that cannot fence anything off', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ canFence: false });
  });
  afterAll(() => server.remove());

  test('is refused where production is', async () => {
    const place = workspace();
    const run = await drillOn(place, server);
    expect(run).toMatchObject({ status: 3, report: { verdict: 'inconclusive' } });
    expect(run.report?.reasons.map(({ code }) => code)).toEqual(['confinement-unavailable']);
    expect(leftOnServer(server, place.name)).toEqual([]);
  });

  test('is used where production is not, and the report says that nothing held the copy', async () => {
    const place = workspace();
    const config = join(place.root, 'pgbackrest.conf');
    writeFileSync(config, readFileSync(golden.config, 'utf8').replace(/^(pg1-path=).*$/m, '$1/nowhere/of-production'));
    const run = await drillOn({ ...place, config }, server);
    expect(run.report?.reasons).toEqual([]);
    expect(run.report?.sandbox.isolation).toMatchObject({
      readOnlyFileSystem: false,
      network: 'open',
      noPrivileges: true,
    });
    expect(leftOnServer(server, place.name)).toEqual([]);
  });
});

describe('a bare server', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ image: 'bare', sees: [golden.root] });
  });
  afterAll(() => server.remove());

  test('has no tick for what only it could be asked, before the restore', async () => {
    const states = await environmentOn(workspace(), server);
    expect(states).toMatchObject({
      PostgreSQL: expect.stringMatching(/^later: known only once the server is there/) as string,
      extensions: expect.stringMatching(/^later: /) as string,
      locales: expect.stringMatching(/^later: /) as string,
      room: expect.stringMatching(/^later: /) as string,
      tablespaces: 'here: none in the set',
    });
  });

  test('on which nothing may be installed', async () => {
    const place = workspace();
    const run = await drillOn(place, server, { install: 'never' });
    expect(run).toMatchObject({ status: 3, report: { verdict: 'inconclusive' } });
    expect(run.report?.reasons.map(({ code }) => code)).toEqual(['postgres-missing']);
    expect(run.report?.reasons[0]?.message).toMatch(/postgresql-\d+ pgbackrest: not there/);
    expect(server.sh('ls /usr/lib/postgresql 2>&1; true')).toContain('No such file');
    expect(leftOnServer(server, place.name)).toEqual([]);
  });

  test('on which the one who logs in may not install', async () => {
    const place = workspace();
    const run = await drillOn(place, server, { user: 'op', sudo: 'never' });
    expect(run).toMatchObject({ status: 3, report: { verdict: 'inconclusive' } });
    expect(run.report?.reasons.map(({ code }) => code)).toEqual(['bootstrap-failed']);
    expect(run.report?.reasons[0]?.message).toContain('only root may install');
  });

  test('gets what it lacks once, and nothing the second time', async () => {
    const signal = new AbortController().signal;
    const { major } = await newestPostgres(production);
    const plan = sshSandbox.parse(server.sandbox);
    const supervisor = await startSupervisor(server, 'bootstrap');
    expect((await bootstrap(supervisor, plan, major, signal)).join(' ')).toMatch(/pgbackrest .*postgresql-/);
    expect(await bootstrap(supervisor, plan, major, signal)).toEqual([]);
    await supervisor.finish(AbortSignal.timeout(LONG_MS));
    expect(server.sh('pg_lsclusters --no-header 2>/dev/null; true')).toBe('');
    const place = workspace();
    const run = await drillOn(place, server);
    expect(run.report?.reasons).toEqual([]);
    expect(run).toMatchObject({ status: 0, report: { sandbox: { server: { installed: [], bootstrapMs: null } } } });
  });

  test('whose place for drills holds something else is not touched', async () => {
    server.sh('mkdir -p /srv/data && touch /srv/data/precious');
    const place = workspace();
    const run = await drillOn(place, server, { scratch: '/srv/data' });
    expect(run).toMatchObject({ status: 2, report: null });
    expect(run.stderr).toContain('is not empty and was not made by pgdrill');
    expect(server.sh('ls -A /srv/data')).toBe('precious\n');
  });
});
