import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { shellJoin } from '../../src/core/shell-quote.ts';
import { AT_ONCE, Cluster, makeTestDirectory, must, production } from '../fixtures/cluster.ts';
import type { DrillReport } from '../../src/report/report.ts';
import { readExposition } from '../fixtures/exposition.ts';
import { command, drill, workspace, writePlan } from '../fixtures/drill.ts';

/** The first listing of a section of Markdown. */
function listingIn(markdown: string, title: string): string {
  const section = markdown.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
  return /```sh\n(.*?)\n```/s.exec(section)?.[1] ?? '';
}

/** What a file of metrics says of the last run of the only drill. */
function measured(file: string): { verdict: string | undefined; rtoMs: number | null; phases: string[] } {
  const read = readExposition(readFileSync(file, 'utf8'));
  const rto = read.find(({ name }) => name === 'pgdrill_rto_seconds');
  return {
    verdict: read.find(({ name, value }) => name === 'pgdrill_verdict' && value === 1)?.labels['verdict'],
    rtoMs: rto === undefined ? null : Math.round(rto.value * 1000),
    phases: read.flatMap(({ name, labels }) =>
      name === 'pgdrill_phase_duration_seconds' ? [labels['phase'] ?? ''] : [],
    ),
  };
}

const phasesOf = (report: DrillReport | null): string[] =>
  (report?.phases ?? []).flatMap(({ id, durationMs }) => (durationMs === null ? [] : [id]));

test('the commands of a runbook bring production back, as the drills have shown', async () => {
  const root = makeTestDirectory('runbook');
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const cluster = await Cluster.create({ root, global: [`repo1-path=${root}/repo1`, AT_ONCE] });
  onTestFinished(async () => void (await production.run(cluster.stopCommand())));
  await cluster.sql('create table orders (id int); insert into orders values (1)');
  await cluster.backup('full');
  // pgBackRest takes a set that stopped in an earlier second than the target.
  await cluster.sql('select pg_sleep(1.1)');
  await cluster.sql('insert into orders values (2)');
  const before = await cluster.value('select now()');
  await cluster.sql('select pg_sleep(0.1)');
  await cluster.sql('insert into orders values (3)');
  await cluster.archive();

  const place = workspace({ config: cluster.config, repo1: `${root}/repo1` });
  const plan = writePlan(place, 'orders', {
    name: 'orders',
    source: { stanza: 'shop', config: cluster.config },
    runbook: {
      roles: { 'Restores the database': 'Ada, +49 30 1234' },
      stop: shellJoin(cluster.stopCommand()),
      start: shellJoin(cluster.startCommand()),
      write: ['out/runbook.md', 'out/runbook.html', 'notes.md'],
    },
  });
  const runbook = async (): Promise<string> =>
    (await command(place, ['runbook', plan, '--reports', place.reports])).stdout;
  expect(await runbook()).toContain('NOT PROVEN');
  const written = (name: string): string => readFileSync(join(dirname(plan), name), 'utf8');
  writeFileSync(join(dirname(plan), 'notes.md'), 'of somebody else');
  const first = await drill(place, plan);
  expect(first).toMatchObject({ status: 0, report: { verdict: 'passed' } });
  expect(first.stderr).toMatch(/runbook was not written to \S+notes\.md: the file that is there is no runbook/);
  expect(written('notes.md')).toBe('of somebody else');
  const afterFirst = written('out/runbook.md');
  expect(afterFirst).toBe(await runbook());
  const metrics = ['--metrics', join(place.root, 'pgdrill.prom')] as const;
  const failed = await drill(place, plan, '--target-lsn', 'FF/0', ...metrics);
  expect(failed.report?.verdict).toBe('failed');
  expect(measured(metrics[1])).toEqual({ verdict: 'failed', rtoMs: null, phases: phasesOf(failed.report) });
  expect(written('out/runbook.md')).toBe(afterFirst);
  const passed = await drill(place, plan, '--target-time', before, ...metrics);
  expect(passed.report?.verdict).toBe('passed');
  const rtoMs = passed.report?.rto.measuredMs;
  expect(measured(metrics[1])).toEqual({ verdict: 'passed', rtoMs, phases: phasesOf(passed.report) });
  const text = written('out/runbook.md');
  expect(text).toBe(await runbook());
  expect(written('out/runbook.html')).toContain('Ada, +49 30 1234');
  expect(text).toContain('Ada, +49 30 1234');

  await must(['sh', '-eu', '-c', listingIn(text, 'Restore to the latest state')]);
  await cluster.untilPromoted();
  expect(await cluster.value('select count(*) from orders')).toBe('3');

  rmSync(`${cluster.data}.broken`, { recursive: true });
  const toThen = listingIn(text, 'Restore to a point in time').replace('YYYY-MM-DD HH:MM:SS+00', before);
  await must(['sh', '-eu', '-c', toThen]);
  await cluster.untilPromoted();
  expect(await cluster.value('select count(*) from orders')).toBe('2');
});
