import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cluster, makeTestDirectory, production } from '../fixtures/cluster.ts';
import { drill, leftovers, startDrill, workspace, writePlan } from '../fixtures/drill.ts';

test('without a fence, no drill is run beside production', async () => {
  const place = workspace();
  const programs = join(place.root, 'bin');
  mkdirSync(programs);
  for (const name of readdirSync('/usr/bin'))
    if (name !== 'bwrap') symlinkSync(join('/usr/bin', name), join(programs, name));
  const run = await startDrill(place, [], { PATH: programs }).finished;
  expect(run).toMatchObject({ status: 3, report: { verdict: 'inconclusive' } });
  expect(run.report?.reasons.map(({ code }) => code)).toEqual(['confinement-unavailable']);
  expect(leftovers(place)).toEqual([]);
});

describe('a tablespace that WAL creates', () => {
  const root = makeTestDirectory('unfenced');
  let config = '';

  beforeAll(async () => {
    const cluster = await Cluster.create({ root, global: [`repo1-path=${root}/repo1`, 'compress-type=lz4'] });
    await cluster.backup('full');
    await production.makeDirectory(join(root, 'ts'));
    await cluster.sql(`create tablespace late location '${root}/ts'`);
    await cluster.sql('create table late (i int) tablespace late');
    await cluster.archive();
    await cluster.stop();
    ({ config } = cluster);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('fails an isolation assertion when nothing fences the copy off', async () => {
    const place = { ...workspace(), config };
    const run = await drill(place, writePlan(place, 'unfenced', { sandbox: { confine: 'off' } }));
    expect(run.report?.verdict).toBe('failed');
    expect(run.report?.reasons.map(({ code }) => code)).toContain('isolation-broken');
    expect(run.report?.source.repo?.writable).toBe(true);
  });
});
