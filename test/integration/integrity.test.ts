import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FindingList } from '../../src/checks/integrity/findings.ts';
import { partReport } from '../../src/checks/integrity/outcome.ts';
import type { PartContext } from '../../src/checks/integrity/part.ts';
import { partOf } from '../../src/checks/integrity/parts.ts';
import { inspectDatabases } from '../../src/checks/wholeness.ts';
import { onSocket } from '../../src/core/endpoint.ts';
import type { RunPaths } from '../../src/host/run-paths.ts';
import { Sessions } from '../../src/postgres/sessions.ts';
import type { DrillReport } from '../../src/report/report.ts';
import { newestPostgres } from '../../src/demo/newest-postgres.ts';
import { Cluster, makeTestDirectory, must, production } from '../fixtures/cluster.ts';
import { DataFile } from '../fixtures/corrupt.ts';
import {
  drill,
  leftovers,
  onThisMachineAlone,
  workspace,
  writePlan,
  type DrillRun,
  type Workspace,
} from '../fixtures/drill.ts';

test('a whole cluster passes at the deepest level', async () => {
  const place = workspace();
  const run = await drill(place, writePlan(place, 'deep', { target: 'immediate', integrity: 'deep' }));
  expect(run.report?.integrity?.parts.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
  expect(run.report?.integrity?.parts.map(({ id }) => id)).toContain('checksums');
  expect(run.report?.verdict).toBe('passed');
  expect(run.status).toBe(0);
  expect(leftovers(place)).toEqual([]);
});

type Level = 'quick' | 'standard' | 'deep';

interface Corruption {
  /** The name of a table that is damaged in this way alone. */
  readonly table: string;
  readonly what: string;
  /** The checksum of the page is right afterwards: it was damaged before it was written. */
  readonly sealed: boolean;
  readonly damage: (files: (suffix?: '_pkey' | '_toast' | '_vm') => DataFile) => void;
  /** The code that each level finds, from the first level that finds any. */
  readonly found: Partial<Record<Level, string>>;
}

/** The number of a row in a leaf of an index: the first item is the high key. */
const AN_ITEM = 20;

const CORRUPTIONS: readonly Corruption[] = [
  {
    table: 'heap_bit',
    what: 'a bit of a row header, sealed',
    sealed: true,
    damage: (file) => file().flip(file().item(0, 3) + 3, 0x40),
    found: { standard: 'heap-damaged' },
  },
  {
    table: 'index_bit',
    what: 'a bit of a key in an index, sealed',
    sealed: true,
    damage: (file) => file('_pkey').flip(file('_pkey').item(1, AN_ITEM) + 8 + 2, 0x40),
    found: { standard: 'index-damaged' },
  },
  {
    table: 'toast_bit',
    what: 'a bit of a long value, sealed',
    sealed: true,
    damage: (file) => file('_toast').flip(file('_toast').item(0, 1) + 24 + 4, 0x40),
    found: { standard: 'toast-damaged' },
  },
  {
    table: 'map_bit',
    what: 'a bit of the visibility map, sealed',
    sealed: true,
    damage: (file) => file('_vm').flip(24, 0x01),
    found: { deep: 'visibility-wrong' },
  },
  {
    table: 'index_row',
    what: 'a row that is gone from an index only',
    sealed: true,
    damage: (file) => file('_pkey').kill(1, AN_ITEM),
    found: { standard: 'index-lacks-row' },
  },
  {
    table: 'zero_heap',
    what: 'a page of zeros in a table',
    sealed: true,
    damage: (file) => file().zeroPage(1),
    found: { deep: 'page-lost' },
  },
  {
    table: 'zero_index',
    what: 'a page of zeros in an index',
    sealed: true,
    damage: (file) => file('_pkey').zeroPage(2),
    found: { standard: 'index-damaged' },
  },
  {
    table: 'cut_file',
    what: 'a file that is cut short',
    sealed: true,
    damage: (file) => file().cut(2),
    found: { quick: 'file-short', deep: 'page-lost' },
  },
  {
    table: 'lost_file',
    what: 'a file that is gone',
    sealed: true,
    damage: (file) => file().remove(),
    found: { quick: 'file-missing' },
  },
  {
    table: 'heap_flip',
    what: 'a bit of a heap page, in a tablespace',
    sealed: false,
    damage: (file) => file().flip(file().item(0, 3) + 30, 0x08),
    found: { standard: 'page-checksum' },
  },
  {
    table: 'index_flip',
    what: 'a bit of a B-tree page',
    sealed: false,
    damage: (file) => file('_pkey').flip(file('_pkey').item(1, AN_ITEM) + 8, 0x08),
    found: { standard: 'page-checksum' },
  },
  {
    table: 'toast_flip',
    what: 'a bit of a page of long values',
    sealed: false,
    damage: (file) => file('_toast').flip(file('_toast').item(0, 1) + 200, 0x08),
    found: { standard: 'page-checksum' },
  },
  {
    table: 'map_flip',
    what: 'a bit of a page of the visibility map',
    sealed: false,
    damage: (file) => file('_vm').flip(24, 0x02),
    found: { standard: 'page-checksum' },
  },
];

const LEVELS: readonly Level[] = ['quick', 'standard', 'deep'];

const SECRET = 'the-secret-of-row';

onThisMachineAlone(() => {
  test('a standby is stopped cleanly and read, but takes no extension', async () => {
    const place = workspace();
    const run = await drill(place, writePlan(place, 'standby', { target: 'standby', integrity: 'standard' }));
    const odd = run.report?.integrity?.parts.filter(({ outcome }) => outcome !== 'passed');
    expect(odd?.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['prepared', 'skipped'],
      ['amcheck', 'inconclusive'],
    ]);
    expect(run.report?.verdict).toBe('inconclusive');
  });

  describe('a cluster that was damaged before its backup', () => {
    let cluster: Cluster;
    const runs = new Map<Level, DrillRun>();

    const place = (): Workspace => ({ ...workspace(), repo: join(cluster.root, 'repo1'), config: cluster.config });

    beforeAll(async () => {
      const root = makeTestDirectory('damaged');
      // Else pgBackRest compares each page, and no drill begins with a backup that has errors.
      const global = [`repo1-path=${root}/repo1`, 'compress-type=none', 'checksum-page=n'];
      cluster = await Cluster.create({ root, global, settings: ['autovacuum = off'] });
      await cluster.sql('create database "odd.name"');
      await production.makeDirectory(join(root, 'away'));
      await cluster.sql(`create tablespace away location '${root}/away'`);
      for (const { table } of [...CORRUPTIONS, { table: 'fine' }]) {
        await cluster.sql(`create table ${table} (id int primary key, note text, long text);
          alter table ${table} alter long set storage external;
          insert into ${table} select i, '${SECRET} ' || i, case when i = 1 then repeat('x', 9000) end from generate_series(1, 2000) i`);
        await cluster.sql(`vacuum analyze ${table}`);
      }
      await cluster.sql('delete from map_bit where id = 1');
      await cluster.sql('alter table heap_flip set tablespace away');
      const paths = await pathsOf(cluster);
      await cluster.stop();
      damage(cluster, paths, true);
      const { directory } = await newestPostgres(production);
      for (const words of ['--disable', '--enable'])
        await must([`${directory}/pg_checksums`, words, '-D', cluster.data]);
      damage(cluster, paths, false);
      await cluster.start();
      await cluster.backup('full');
      await cluster.archive();
    });

    afterAll(async () => {
      await cluster.stop();
      rmSync(cluster.root, { recursive: true, force: true });
    });

    test.each(LEVELS)('is drilled at level %s, and does not pass', async (level) => {
      const here = place();
      const run = await drill(here, writePlan(here, level, { target: 'immediate', integrity: level }));
      runs.set(level, run);
      expect(run.report?.verdict).toBe('failed');
      expect(run.report?.reasons.map(({ code }) => code)).toContain('data-corrupt');
      expect(leftovers(here)).toEqual([]);
      expect(JSON.stringify(run.report?.integrity)).not.toContain(SECRET);
      expect(codesOf(run.report, 'fine')).toEqual([]);
    });

    test('is seen as damaged by the functions of amcheck too, as PostgreSQL 12 and 13 have no pg_amcheck', async () => {
      const context = await contextOf(cluster);
      for (const [major, heaps] of [
        [13, false],
        [14, true],
      ] as const) {
        const findings = new FindingList();
        const binaries = { ...context.binaries, directory: '/nowhere', major };
        const { at } = await partOf('amcheck').examine({ ...context, binaries }, findings);
        expect(at).toContain('functions');
        const about = new Map(findings.first.map(({ relation, code }) => [relation, code]));
        expect(about.get('public.index_bit_pkey')).toBe('index-damaged');
        expect(about.get('public.index_row_pkey')).toBe('index-lacks-row');
        expect(about.get('public.zero_index_pkey')).toBe('index-damaged');
        expect(about.get('public.heap_bit')).toBe(heaps ? 'heap-damaged' : undefined);
        expect(about.get('public.toast_bit')).toBe(heaps ? 'toast-damaged' : undefined);
      }
    });

    test.each(['read', 'checksums'] as const)('is not judged by %s without its programs', async (id) => {
      const context = await contextOf(cluster);
      const findings = new FindingList();
      await partOf(id).examine({ ...context, binaries: { ...context.binaries, directory: '/nowhere' } }, findings);
      expect(new Set(findings.first.map(({ code }) => code))).toEqual(new Set(['program-missing']));
      expect(partReport(id, { at: '' }, findings, 1).outcome).toBe('inconclusive');
    });

    test('is not stopped while its instance is to stay up', async () => {
      const findings = new FindingList();
      await partOf('checksums').examine({ ...(await contextOf(cluster)), keepInstance: true }, findings);
      expect(findings.first.map(({ code, text }) => [code, text])).toEqual([
        ['not-examined', expect.stringContaining('--keep')],
      ]);
    });

    test.each(CORRUPTIONS)('$what ($table) is found at the level that promises it', ({ table, found }) => {
      let wanted: string | null = null;
      for (const level of LEVELS) {
        wanted = found[level] ?? wanted;
        const codes = codesOf(runs.get(level)?.report ?? null, table);
        expect([level, codes.includes(wanted ?? 'nothing'), codes.length > 0]).toEqual([
          level,
          wanted !== null,
          wanted !== null,
        ]);
      }
    });
  });
});

/** The damaged production itself, as a part sees a copy. */
async function contextOf(cluster: Cluster): Promise<PartContext> {
  const binaries = await newestPostgres(production);
  const sessions = new Sessions(
    onSocket(join(cluster.root, 'sock'), cluster.port, 'postgres'),
    binaries.major,
    'postgres',
  );
  const { signal } = new AbortController();
  const inspected = await inspectDatabases(sessions, binaries.major, 1, signal);
  const paths = { temp: cluster.root, data: cluster.data } as RunPaths;
  return {
    host: production,
    paths,
    sessions,
    binaries,
    inspected,
    databases: inspected.databases.map(({ name }) => name),
    jobs: 2,
    standby: false,
    keepInstance: false,
    excluded: [],
    serverEnded: () => Promise.reject(new Error('it is not to be stopped')),
    options: { amcheck: { heapAllIndexed: true, parentCheck: false }, promised: { databases: [], roles: [] } },
    demanded: true,
    timeoutMs: 60_000,
    signal,
    onProgress: () => undefined,
  };
}

/** The files of all tables, of their indexes and of their long values, by names. */
async function pathsOf(cluster: Cluster): Promise<ReadonlyMap<string, string>> {
  const rows = await cluster.sql(
    `select relname, pg_relation_filepath(oid) from pg_class where relkind in ('r', 'i') and relnamespace = 'public'::regnamespace
     union all select relname || '_toast', pg_relation_filepath(reltoastrelid) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
  );
  return new Map(rows.map(([name, path]) => [name ?? '', join(cluster.data, path ?? '')]));
}

function damage(cluster: Cluster, paths: ReadonlyMap<string, string>, sealed: boolean): void {
  for (const { table, damage: doIt } of CORRUPTIONS.filter((one) => one.sealed === sealed)) {
    doIt((suffix) => {
      const isMap = suffix === '_vm';
      const path = paths.get(isMap || suffix === undefined ? table : `${table}${suffix}`) ?? cluster.data;
      return new DataFile(isMap ? `${path}_vm` : path);
    });
  }
}

/** The codes of all findings about a table, its index, its long values and its map. */
function codesOf(report: DrillReport | null, table: string): string[] {
  const findings = report?.integrity?.parts.flatMap((part) => part.findings) ?? [];
  const ofIt = findings.filter(({ relation, text }) => {
    const names = `${relation ?? ''} ${text}`;
    return new RegExp(`\\b(public\\.)?${table}(_pkey)?\\b`).test(names);
  });
  return [...new Set(ofIt.map(({ code }) => code))].toSorted();
}
