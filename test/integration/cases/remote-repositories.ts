import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import {
  drill,
  leftovers,
  startDrill,
  workspace,
  writePlan,
  type DrillRun,
  type Workspace,
} from '../../fixtures/drill.ts';
import type { Gate } from '../../fixtures/repositories/gate.ts';
import type { S3Service } from '../../fixtures/repositories/s3.ts';
import { textOf, until, untilRestored } from '../../fixtures/until.ts';

type Service = 's3' | 'azure' | 'sftp' | 'tls';
export type RemoteKind = Service | 's3-host' | 'azure-token';

/** A production with the marks 1 to 5, the last two after its last backup, whose backups lie in remote repositories. */
export interface RemoteProduction<Kind extends RemoteKind> {
  /** A moment after each mark and before the next. */
  readonly production: { readonly after: ReadonlyMap<number, string> };
  readonly s3: S3Service;
  /** The ways to the services, which are closed by the cases. */
  readonly gates: Readonly<Partial<Record<Service, Gate>>>;
  /** pgBackRest's options of one of them, as the first repository. */
  lines(kind: Kind): readonly string[];
  /** The directory that the repository host serves, where it can be looked into. */
  readonly served?: string;
  /** What may stand in nothing that a drill writes. */
  readonly secrets: readonly string[];
}

type Change = (config: string) => string;

const LAST_MARK = 5;
const WRONG = 'nobody-knows-this-0815';

/** Credentials that the service does not take. */
const REFUSED: Readonly<Record<RemoteKind, Change>> = {
  s3: (config) => config.replace(/(s3-key=).*/, `$1${WRONG}`),
  's3-host': (config) => config.replace(/(s3-key=).*/, `$1${WRONG}`),
  azure: (config) => config.replace(/(azure-key=).*/, `$1${btoa(WRONG)}`),
  'azure-token': (config) => config.replace(/(&sig=).*/, `$1${encodeURIComponent(btoa(WRONG))}`),
  sftp: (config) => config.replaceAll('/keys/id', '/keys/host'),
  // A certificate of the right authority, for a name that may not read the stanza.
  tls: (config) => config.replaceAll('/keys/client.', '/keys/server.'),
};

/** pgBackRest gives up on a service soon, by default after minutes; one that is there answers a slow machine in that time. */
const impatient =
  (seconds: number): Change =>
  (config) =>
    config.replace('[shop]', `io-timeout=${seconds}\njob-retry=0\n[shop]`);

const GONE: Readonly<Partial<Record<RemoteKind, Change>>> = {
  s3: (config) => config.replace(/(s3-bucket=).*/, '$1gone'),
  azure: (config) => config.replace(/(azure-container=).*/, '$1gone'),
};

/**
 * What must hold for drills from remote repositories, in whatever sandbox the drills of this test project run. `given` is
 * called only while a test runs.
 */
export function remoteRepositoryCases<Kind extends RemoteKind>(
  kinds: readonly Kind[],
  given: () => RemoteProduction<Kind>,
): void {
  const gateOf = (kind: Kind): Gate => {
    const gate = given().gates[kind.replace(/-.*/, '') as Service];
    if (!gate) throw new Error(`there is no gate to ${kind}`);
    return gate;
  };
  const place = (kind: Kind, change: Change = (config) => config, whenFinished = onTestFinished): Workspace => {
    const base = workspace(inject('golden'), (work) => whenFinished(work));
    const config = join(base.root, 'pgbackrest.conf');
    const own = ['[shop]', 'pg1-path=/var/lib/postgresql/of-production', ''];
    const text = ['[global]', ...given().lines(kind), ...own].join('\n');
    writeFileSync(config, change(text), { mode: 0o600 });
    // Every drill compares this directory, byte for byte.
    const repo = kind === 'tls' ? given().served : undefined;
    return { ...base, config, repo: repo ?? join(base.root, 'none') };
  };
  const expectNoSecretsIn = (run: DrillRun): void => {
    const files = globSync('**', { cwd: run.folder }).filter((name) => statSync(join(run.folder, name)).isFile());
    const texts = [run.stdout, run.stderr, ...files.map((name) => readFileSync(join(run.folder, name), 'utf8'))];
    for (const secret of [...given().secrets, WRONG, btoa(WRONG), 'PRIVATE KEY'])
      expect(texts.filter((text) => text.includes(secret))).toEqual([]);
  };
  const expectPassed = (run: DrillRun): void => {
    expect(run.report?.reasons).toEqual([]);
    expect(run).toMatchObject({ status: 0, report: { verdict: 'passed', recovery: { reached: true } } });
    expect(leftovers(run.workspace)).toEqual([]);
    expectNoSecretsIn(run);
  };
  const outcome = (run: DrillRun): { status: number | null; codes: string[] } => {
    expect(leftovers(run.workspace)).toEqual([]);
    expect(run.report?.verdict).not.toBe('passed');
    expectNoSecretsIn(run);
    return { status: run.status, codes: run.report?.reasons.map(({ code }) => code) ?? [] };
  };

  describe.each(kinds)('%s', (kind) => {
    test('the latest state, by a copy that has no network itself: what it needs is fetched beside it', async () => {
      const config = given().lines(kind).join('\n');
      const host = /^repo1-(?:storage-)?host=(.*)$/m.exec(config)?.[1] ?? '';
      const port = /^repo1-(?:storage-|host-)port=(.*)$/m.exec(config)?.[1] ?? '';
      const here = place(kind);
      const tries = { name: 'a way out', command: ['bash', '-c', `! exec 3<>/dev/tcp/${host}/${port}`] };
      const plan = writePlan(here, 'tries', { name: here.name, checks: [tries] });
      given().s3.takeRequests();
      const run = await drill(here, plan, ...marksUpTo(LAST_MARK));
      expectPassed(run);
      // S3 is only read, from the first look to the last.
      const requests = given().s3.takeRequests();
      expect(requests.length > 20).toBe(kind.startsWith('s3'));
      expect(requests.filter((request) => !/^(GET|HEAD) /.test(request))).toEqual([]);
      expect(run.report?.sandbox.isolation).toMatchObject({ network: 'none', noNetwork: true });
      expect(run.report?.checks.find(({ name }) => name === 'the copy has no network')?.status).toBe('passed');
    });

    test('credentials that are refused are a fault of ours, not of the backup', async () => {
      const run = await drill(place(kind, REFUSED[kind]));
      expect(outcome(run)).toEqual({ status: 3, codes: ['repo-permission-denied'] });
    });
  });

  const services = kinds.filter((kind) => ['s3', 'azure', 'sftp', 'tls'].includes(kind));

  test.each(services)('%s: a point in time: the rows before are there, those after are not', async (kind) => {
    const moment = given().production.after.get(3) ?? '';
    expectPassed(await drill(place(kind), '--target-time', moment, ...marksUpTo(3)));
  });

  // A repository host keeps the passphrase to itself.
  test.each(services.filter((kind) => kind !== 'tls'))('%s: a wrong passphrase', async (kind) => {
    const run = await drill(place(kind, (config) => config.replace(/(cipher-pass=).*/, `$1${WRONG}`)));
    expect(outcome(run)).toEqual({ status: 1, codes: ['cipher-passphrase-wrong'] });
  });

  test.each(kinds.filter((kind) => kind === 'azure-token'))(
    '%s: a token that was not percent-encoded, of which pgBackRest quotes the signature',
    async (kind) => {
      const run = await drill(place(kind, (config) => config.replace(/(&sig=).*/, `$1${btoa(WRONG)}`)));
      expect(outcome(run)).toEqual({ status: 3, codes: ['repo-permission-denied'] });
      expect(run.report?.reasons[0]?.message).toContain('in query');
    },
  );

  test.each(kinds.filter((kind) => kind in GONE))('%s: the bucket is gone', async (kind) => {
    const run = await drill(place(kind, GONE[kind]));
    expect(outcome(run)).toEqual({ status: 1, codes: ['repo-unreadable'] });
  });

  test('what fetches the WAL beside the server is ended: inconclusive', async () => {
    const [kind] = kinds;
    if (kind === undefined) throw new Error('there are no kinds');
    const here = place(kind);
    const gate = gateOf(kind);
    const run = startDrill(here, ['--backup', 'oldest']);
    await untilRestored(here);
    gate.stall();
    await killFetcher(here);
    const ended = await run.finished;
    expect(outcome(ended)).toEqual({ status: 3, codes: ['process-killed'] });
  });

  describe('the service is not there', () => {
    test.concurrent.for(services)('%s', async (kind, context) => {
      const gate = gateOf(kind);
      gate.close();
      const run = await drill(place(kind, impatient(1), context.onTestFinished)).finally(() => gate.open());
      expect(outcome(run)).toEqual({ status: 1, codes: ['repo-unreadable'] });
    });
  });

  describe('the service goes away half-way through the restore', () => {
    test.concurrent.for(services)('%s', async (kind, context) => {
      const gate = gateOf(kind);
      // More than info, manifest and listings together, and less than the backup.
      gate.closeAfter(1_000_000);
      const here = place(kind, impatient(8), context.onTestFinished);
      const run = await drill(here).finally(() => gate.open());
      expect(run.report?.phases.find(({ id }) => id === 'restore')?.status).toBe('failed');
      expect(outcome(run)).toEqual({ status: 1, codes: ['repo-unreadable'] });
    });
  });

  describe('the service goes away half-way through the recovery, between two segments', () => {
    test.concurrent.for(services)('%s', async (kind, context) => {
      const gate = gateOf(kind);
      const here = place(kind, impatient(8), context.onTestFinished);
      // From the oldest backup there are several segments to replay.
      const run = startDrill(here, ['--backup', 'oldest']);
      await untilRestored(here);
      gate.closeAfter(700_000);
      const ended = await run.finished.finally(() => gate.open());
      expect(ended.report?.phases.find(({ id }) => id === 'recover')?.status).toBe('failed');
      const { status, codes } = outcome(ended);
      expect(status).toBe(1);
      expect(['wal-unreadable', 'repo-unreadable']).toContain(codes[0]);
      expect(readFileSync(join(ended.folder, 'postgresql.log'), 'utf8')).toContain('restored log file');
    });
  });
}

/** A check that holds when exactly the marks up to `last` are there. */
const marksUpTo = (last: number): string[] => [
  '--check-sql',
  `select coalesce(array_agg(id order by id), '{}') = array(select generate_series(1, ${last})) from marks`,
];

/** Kills what fetches WAL for the drill of a workspace, on this machine or in a container of it. Others fetch beside it. */
async function killFetcher({ reports }: Workspace): Promise<void> {
  const [log = ''] = globSync('*/*/pgbackrest-restore.log', { cwd: reports });
  const runId = basename(dirname(log));
  const isFetcher = (file: string): boolean => {
    const [shell = '', script = ''] = textOf(file).split('\0');
    return shell.endsWith('sh') && script.endsWith('/wal-serve.sh') && script.includes(runId);
  };
  await until('what fetches WAL is killed', () => {
    const fetcher = globSync('/proc/[0-9]*/cmdline').find(isFetcher);
    if (fetcher !== undefined) process.kill(Number(fetcher.split('/')[2]), 'SIGKILL');
    return fetcher !== undefined;
  });
}
