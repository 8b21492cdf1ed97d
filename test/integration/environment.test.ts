import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { ParityItem } from '../../src/drill/parity/item.ts';
import { Cluster, makeTestDirectory, production, SMALL_SEGMENTS } from '../fixtures/cluster.ts';
import { command, leftovers, startCommand, workspace, writePlan, type Workspace } from '../fixtures/drill.ts';
import { fingerprint } from '../fixtures/fingerprint.ts';
import { withScratchOf } from '../fixtures/small-scratch.ts';

const planOf = (here: Workspace, more: object = {}): string =>
  writePlan(here, 'geo', { sandbox: { scratch: here.scratch, ...more } });

const words = (here: Workspace): string[] => ['--config', here.config];

/** A production with what a machine may lack: of a repository whose files are encrypted and bundled, and of an incremental set. */
describe('what the machine of a drill has and lacks', () => {
  const root = makeTestDirectory('environment');
  let config = '';

  beforeAll(async () => {
    const cluster = await Cluster.create({
      root,
      initdb: SMALL_SEGMENTS,
      global: [
        `repo1-path=${root}/repo1`,
        'repo1-cipher-type=aes-256-cbc',
        'repo1-cipher-pass=environment-of-a-drill',
        'repo1-bundle=y',
        'repo1-retention-full=2',
      ],
    });
    await production.makeDirectory(join(root, 'ts1'));
    await cluster.sql(`create tablespace ts1 location '${root}/ts1'`);
    await cluster.sql('create database away tablespace ts1');
    await cluster.sql("create database geo template template0 locale_provider icu icu_locale 'tr-TR' locale 'C'");
    await cluster.sql('create extension hstore', 'geo');
    await cluster.sql('create table customers as select generate_series(1, 50000) as id', 'geo');
    await cluster.sql('create extension pgcrypto', 'away');
    // As packages of this machine have none of them, the catalogs are changed.
    await cluster.sql("update pg_extension set extname = 'timescaledb' where extname = 'hstore'", 'geo');
    await cluster.sql(
      "update pg_database set datcollate = 'tr_TR.UTF-8', datctype = 'tr_TR.UTF-8' where datname = 'away'",
    );
    // The server of this production reads another file: see Cluster.
    appendFileSync(join(cluster.data, 'postgresql.conf'), "shared_preload_libraries = 'auto_explain, timescaledb'\n");
    await cluster.backup('full');
    await cluster.sql('vacuum freeze pg_database');
    await cluster.backup('incr');
    await cluster.archive();
    await cluster.stop();
    ({ config } = cluster);
  });

  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const place = (): Workspace => ({ ...workspace(), config, repo: join(root, 'repo1') });
  test('drill plan tells it, with what mends it, and leaves nothing behind', async () => {
    const before = fingerprint(root);
    const here = place();
    const told = await command(here, ['plan', planOf(here), ...words(here), '--json']);
    expect(told).toMatchObject({ status: 0, stderr: '' });
    const { environment } = JSON.parse(told.stdout) as { environment: ParityItem[] };
    expect(Object.fromEntries(environment.map(({ what, state, detail }) => [what, `${state}: ${detail}`]))).toEqual({
      pgBackRest: expect.stringMatching(/^here: (\S+) reads, \1 wrote the set$/) as string,
      PostgreSQL: expect.stringMatching(/^here: (\S+), and \1 in production$/) as string,
      'preload libraries': 'differs: production has timescaledb, the plan has not; timescaledb is not there either',
      'resource managers': 'later: known only in recovery: of timescaledb',
      extensions: 'lacking: not there: timescaledb (of geo)',
      locales: 'lacking: not there: tr_TR.UTF-8',
      'collation version': expect.stringMatching(/^(differs|unknown|here): /) as string,
      ICU: expect.stringMatching(/^later: known only after the restore: geo has [\d.]+$/) as string,
      'recovery settings': 'here: max_connections 20 and 4 more, as pg_control of the set has them',
      room: expect.stringMatching(/^here: .* free, .* needed, .* to stay free$/) as string,
      tablespaces: 'here: ts1, mapped into the directory of the run',
      links: 'here: none in the set',
    });
    expect(environment.find(({ what }) => what === 'locales')?.fix).toContain(
      'localedef -i tr_TR -f UTF-8 tr_TR.UTF-8',
    );
    expect(leftovers(here)).toEqual([]);
    expect(fingerprint(root)).toEqual(before);
  });

  test('drill doctor tells it of a plan: what is lacking is inconclusive', async () => {
    const here = place();
    const plan = planOf(here, { preload: ['no_such_library'] });
    const told = await command(here, ['doctor', plan, ...words(here)]);
    expect(told.status).toBe(3);
    expect(told.stdout).toMatch(/^geo\S*: lacks 3 of 12, /);
    expect(told.stdout).toMatch(
      /✗ preload libraries +not there: no_such_library of sandbox.preload\n +→ apt-cache search/,
    );
    expect(told.stdout).toMatch(/· ICU +known only after the restore/);
    expect(leftovers(here)).toEqual([]);
  });

  test('too little room is in the list, and nothing is said twice', async () => {
    const here = place();
    const plan = ['doctor', planOf(here), ...words(here)];
    const told = await startCommand(here, plan, withScratchOf(here, 32 * 1024 ** 2)).ended;
    expect(told.status).toBe(3);
    expect(told.stdout).toMatch(/: lacks 1 of 12, /);
    expect(told.stdout).toMatch(/✗ room +32.0 MB free, .* needed.*\n +→ free room in /);
    // Nothing is fetched to a disk that is nearly full.
    expect(told.stdout).toMatch(/\? locales +there is no room to look into the set/);
  });

  test('what would end the run before anything is restored stands in the list', async () => {
    const here = place();
    const lost = join(here.root, 'lost.conf');
    writeFileSync(lost, readFileSync(config, 'utf8').replaceAll(`${root}/repo1`, `${here.root}/no-repository`));
    const told = await command(here, ['doctor', planOf(here), '--config', lost]);
    expect(told.status).toBe(1);
    expect(told.stdout).toMatch(/lacks 1 of 1\n {2}✗ \S+ +\S/);
  });

  test('a plan with --no-environment fetches no catalogs', async () => {
    const here = place();
    const told = await command(here, ['plan', planOf(here), ...words(here), '--no-environment']);
    expect(told).toMatchObject({ status: 0, stderr: '' });
    expect(told.stdout).not.toContain('environment:');
    expect(readdirSync(here.root)).not.toContain('parity');
  });

  test('the shared production is ready but for what only a copy can be asked', async () => {
    const here = workspace();
    const plan = writePlan(here, 'shop', { sandbox: { scratch: here.scratch } });
    const told = await command(here, ['doctor', plan, ...words(here)]);
    expect(told).toMatchObject({ status: 0, stderr: '' });
    expect(told.stdout).toMatch(/: nothing is lacking, 1 not as in production, \d not known yet\n/);
    expect(told.stdout).toMatch(/✓ extensions +none but plpgsql\n/);
    expect(told.stdout).not.toContain(inject('golden').passphrase);
  });
});
