import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ParityItem } from '../../src/drill/parity/item.ts';
import {
  makeContainerDirectory,
  makeContainerProduction,
  removeContainerDirectory,
  type ContainerProduction,
} from '../fixtures/container-production.ts';
import { command, drill, leftovers, workspace, writePlan, type Workspace } from '../fixtures/drill.ts';
import { fingerprint } from '../fixtures/fingerprint.ts';
import { imageFor } from '../fixtures/docker-images.ts';

const PAIRS = [
  { major: 15, pgbackrest: '2.45', lines: [] },
  { major: 17, pgbackrest: '2.55', lines: ['repo1-bundle=y', 'repo1-block=y'] },
  { major: 18, pgbackrest: '2.60', lines: ['repo1-bundle=y', 'repo1-block=y'] },
];

const newest = Math.max(...PAIRS.map(({ major }) => major));

const marksUpTo = (last: number): string[] => [
  '--check-sql',
  `select max(id) = ${last} and count(*) = ${last} from marks`,
];

describe.each(PAIRS)('PostgreSQL $major and pgBackRest $pgbackrest', ({ major, pgbackrest, lines }) => {
  const root = makeContainerDirectory(`pair-${major}`);
  let production: ContainerProduction;

  beforeAll(async () => {
    const repository = [
      `repo1-path=${root}/repo`,
      'repo1-cipher-type=aes-256-cbc',
      'repo1-cipher-pass=pair-passphrase',
    ];
    production = await makeContainerProduction(imageFor(major), root, [...repository, ...lines], [1]);
  });
  afterAll(() => removeContainerDirectory(root, imageFor(major)));

  const place = (): Workspace => ({
    ...workspace(),
    config: production.config,
    repo: join(root, 'repo'),
    image: imageFor(major),
  });

  test('the latest state, by an incremental backup on a differential one', async () => {
    const before = fingerprint(join(root, 'repo'));
    // Which image it needs it finds out by itself.
    const where = { ...place(), image: null };
    const run = await drill(where, ...marksUpTo(5), '--check-sql', 'select count(*) = 60000 from filler');
    expect(run.report?.reasons).toEqual([]);
    expect(run).toMatchObject({ status: 0, report: { verdict: 'passed', source: { backup: { type: 'incr' } } } });
    expect(run.report?.sandbox.versions.pgbackrest).toMatch(new RegExp(`^${RegExp.escape(pgbackrest)}`));
    expect(run.report?.source.postgres?.version).toBe(String(major));
    expect(run.report?.restore?.files).toBeGreaterThan(900);
    expect(leftovers(run.workspace)).toEqual([]);
    expect(fingerprint(join(root, 'repo'))).toEqual(before);
  });

  test('what the image has and lacks is known before the restore', async () => {
    const where = place();
    const plan = writePlan(where, 'environment', {});
    const told = await command(where, ['plan', plan, '--config', where.config, '--json']);
    expect(told).toMatchObject({ status: 0, stderr: '' });
    const { environment } = JSON.parse(told.stdout) as { environment: ParityItem[] };
    const said = environment.map(({ what, state, detail }) => `${what}: ${state}: ${detail}`);
    expect(said).toContainEqual(expect.stringMatching(/^pgBackRest: here: (\S+) reads, \1 wrote the set$/));
    expect(said).toContainEqual(expect.stringMatching(/^PostgreSQL: unknown: \S+; no backup says/));
    expect(said).toContainEqual(expect.stringMatching(/^extensions: here: /));
    expect(said).toContainEqual(expect.stringMatching(/^locales: here: C/));
    expect(said).toContainEqual(expect.stringMatching(/^recovery settings: here: max_connections \d+ and 4 more/));
    expect(environment.filter(({ state }) => state === 'lacking')).toEqual([]);
    expect(leftovers(where)).toEqual([]);
  });

  // Which set a target is reached from is decided here, and not by these programs: it is shown once.
  const SETS = [
    { type: 'full', mark: 1 },
    { type: 'incr', mark: 4 },
    { type: 'diff', mark: 3 },
  ];
  test.each(major === newest ? SETS : SETS.slice(-1))(
    'a point in time after the $type backup',
    async ({ type, mark }) => {
      const where = place();
      // What amcheck and the other tools print depends on their version.
      const plan = writePlan(where, `to-${mark}`, { integrity: type === 'diff' ? 'deep' : 'quick' });
      const run = await drill(where, plan, '--target-time', production.after.get(mark) ?? '', ...marksUpTo(mark));
      expect(run.report?.integrity?.parts.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
      expect(run.report?.reasons).toEqual([]);
      expect(run).toMatchObject({ status: 0, report: { verdict: 'passed', source: { backup: { type } } } });
      expect(run.report?.rpo.method).toBe('stopped-before-later-commit');
    },
  );

  test('a standby', async () => {
    expect(await drill(place(), '--standby', ...marksUpTo(5))).toMatchObject({
      status: 0,
      report: { verdict: 'passed' },
    });
  });
});
