import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { makeContainerDirectory, removeContainerDirectory } from '../fixtures/container-production.ts';
import { imageFor } from '../fixtures/docker-images.ts';
import { drill, leftovers, startDrill, workspace, type DrillRun, type Workspace } from '../fixtures/drill.ts';
import {
  makeRemoteRepositories,
  REMOTE_MAJOR,
  type RemoteKind,
  type RemoteRepositories,
} from '../fixtures/repositories/remote.ts';
import { until, untilRestored } from '../fixtures/until.ts';

const marksUpTo = (last: number): string[] => [
  '--check-sql',
  `select max(id) = ${last} and count(*) = ${last} from marks`,
];
/** pgBackRest gives up on a service soon, by default after minutes; one that is there answers a slow machine in that time. */
const impatient = (text: string): string => text.replace('io-timeout=20', 'io-timeout=8\njob-retry=0');
const codes = (run: DrillRun): string[] => {
  expect(leftovers(run.workspace)).toEqual([]);
  expect(run.report?.verdict).not.toBe('passed');
  return run.report?.reasons.map(({ code }) => code) ?? [];
};

describe('remote repositories', () => {
  const root = makeContainerDirectory('remote');
  let remote: RemoteRepositories;

  beforeAll(async () => {
    remote = await makeRemoteRepositories(root);
  });
  afterAll(async () => {
    await remote.end();
    removeContainerDirectory(root, imageFor(REMOTE_MAJOR));
  });

  /** A workspace whose one repository is of a kind; `change` alters its configuration. */
  function place(
    kind: RemoteKind,
    change: (text: string) => string = (text) => text,
    whenFinished = onTestFinished,
  ): Workspace {
    const base = workspace(inject('golden'), (work) => whenFinished(work));
    const config = join(base.root, 'pgbackrest.conf');
    const lines = [
      '[global]',
      ...remote.lines(kind),
      'io-timeout=20',
      '[shop]',
      'pg1-path=/var/lib/postgresql/of-production',
      '',
    ];
    writeFileSync(config, change(lines.join('\n')), { mode: 0o600 });
    return { ...base, config, repo: join(base.root, 'none'), image: imageFor(REMOTE_MAJOR) };
  }

  describe.each(['s3', 's3-host', 'azure', 'sftp', 'tls'] as const)('%s', (kind) => {
    test('the latest state, with no network but to the repository, and none for the checks', async () => {
      remote.s3.takeRequests();
      const run = await drill(place(kind), ...marksUpTo(5));
      expect(run.report?.reasons).toEqual([]);
      expect(run).toMatchObject({ status: 0, report: { verdict: 'passed' } });
      // S3 is only read, from the first look to the last.
      const requests = remote.s3.takeRequests();
      expect(requests.length > 20).toBe(kind.startsWith('s3'));
      expect(requests.filter((request) => !/^(GET|HEAD) /.test(request))).toEqual([]);
      expect(run.report?.sandbox.isolation).toMatchObject({ network: 'repository', noNetwork: false });
      expect(run.report?.source.repo?.writable).toBeNull();
      const sealed = run.report?.checks.find(({ name }) => name === 'the copy has no network');
      expect(sealed?.status).toBe('passed');
      expect(leftovers(run.workspace)).toEqual([]);
      const files = globSync('**', { cwd: run.folder }).filter((name) => statSync(join(run.folder, name)).isFile());
      const texts = [run.stdout, run.stderr, ...files.map((name) => readFileSync(join(run.folder, name), 'utf8'))];
      for (const secret of remote.secrets) expect(texts.filter((text) => text.includes(secret))).toEqual([]);
    });
  });

  // The pgBackRest of this machine knows no SFTP; with the others it does the same: see cases/remote-repositories.ts.
  test('a point in time', async () => {
    // Which image it needs it finds out by itself.
    const where = { ...place('sftp'), image: null };
    const run = await drill(where, '--target-time', remote.production.after.get(3) ?? '', ...marksUpTo(3));
    expect(run.report?.reasons).toEqual([]);
    expect(run).toMatchObject({ status: 0, report: { verdict: 'passed' } });
  });

  test('a wrong passphrase', async () => {
    const run = await drill(place('sftp', (text) => text.replace(/(cipher-pass=).*/, '$1not-the-passphrase-0815')));
    expect(codes(run)).toEqual(['cipher-passphrase-wrong']);
    expect(run.status).toBe(1);
  });

  test.each([
    { kind: 's3' as const, wrong: (text: string) => text.replace(/(s3-key=).*/, '$1NOBODY') },
    { kind: 'azure' as const, wrong: (text: string) => text.replace(/(azure-key=).*/, `$1${btoa('another key')}`) },
  ])('a wrong key for $kind is a fault of ours, not of the backup', async ({ kind, wrong }) => {
    const run = await drill(place(kind, wrong));
    expect(codes(run)).toEqual(['repo-permission-denied']);
    expect(run.status).toBe(3);
  });

  test('a key that SFTP does not know', async () => {
    const run = await drill(place('sftp', (text) => text.replaceAll('/keys/id', '/keys/host')));
    expect(codes(run)).toEqual(['repo-permission-denied']);
  });

  test.each([
    { kind: 's3' as const, wrong: (text: string) => text.replace(/(s3-bucket=).*/, '$1gone') },
    { kind: 'azure' as const, wrong: (text: string) => text.replace(/(azure-container=).*/, '$1gone') },
  ])('the bucket of $kind is gone', async ({ kind, wrong }) => {
    const run = await drill(place(kind, wrong));
    expect(run.status).toBe(1);
    expect(codes(run)).toEqual(['repo-unreadable']);
  });

  describe('the server is gone half-way through the restore', () => {
    test.concurrent.for(['s3', 'azure', 'sftp'] as const)('%s', async (kind, context) => {
      const gate = remote.gates[kind];
      const here = place(kind, impatient, context.onTestFinished);
      const run = startDrill(here, []);
      // The container of the instance is made when preflight is over, and the restore follows.
      await until('a container runs', () => leftovers(here).some((name) => /^container pgdrill-\d/.test(name)), 50);
      gate.closeAfter(200_000);
      const ended = await run.finished.finally(() => gate.open());
      expect(ended.report?.phases.find(({ id }) => id === 'restore')?.status).toBe('failed');
      expect(codes(ended)).toEqual(['repo-unreadable']);
    });
  });

  describe('the server is gone half-way through the recovery', () => {
    test.concurrent.for(['s3', 'azure', 'sftp'] as const)('%s', async (kind, context) => {
      const gate = remote.gates[kind];
      const here = place(kind, impatient, context.onTestFinished);
      const run = startDrill(here, []);
      await untilRestored(here);
      gate.close();
      const ended = await run.finished.finally(() => gate.open());
      expect(ended.report?.phases.find(({ id }) => id === 'recover')?.status).toBe('failed');
      expect(['wal-unreadable', 'repo-unreadable', 'wal-missing']).toContain(codes(ended)[0]);
    });
  });

  test('a name that nobody knows is an unreadable repository', async () => {
    const run = await drill(place('s3', (text) => text.replace(/(storage-host=).*/, '$1no.such.host.invalid')));
    expect(codes(run)).toEqual(['repo-unreadable']);
  });
});
