import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { reportSchema, type DrillReport } from '../../src/report/report.ts';
import { command, drill, flipByte, startDrill } from '../fixtures/drill.ts';
import { twoCopies } from '../fixtures/two-copies.ts';

const golden = inject('golden');

const copyOf = (report: DrillReport | null, key: number): DrillReport['copies'][number] | undefined =>
  report?.copies.find((copy) => copy.key === key);

/** The section of report.md, without the markup of code. */
function sectionOf(folder: string): string {
  const text = readFileSync(join(folder, 'report.md'), 'utf8');
  return (text.split('## Copies of the backup\n')[1]?.split('\n## ')[0] ?? '').replaceAll('`', '');
}

test('a report names every copy: proven now, proven before, never, and failed since', async () => {
  const place = twoCopies();
  const first = await drill(place, '--repo', '1');
  expect(first).toMatchObject({ status: 0, report: { verdict: 'passed' } });
  const { runId, startedAt, source } = first.report as DrillReport;
  expect(first.report?.copies).toEqual([
    {
      key: 1,
      type: 'posix',
      host: null,
      location: place.repo,
      cipher: 'aes-256-cbc',
      thisRun: true,
      lastVerdict: 'passed',
      lastRunId: runId,
      lastRunAt: startedAt,
      lastPassedAt: startedAt,
      lastPassedRunId: runId,
      lastPassedBackup: source.backup?.label,
      failedSinceRunId: null,
    },
    {
      key: 2,
      type: 'posix',
      host: null,
      location: place.repo2,
      cipher: 'none',
      thisRun: false,
      lastVerdict: null,
      lastRunId: null,
      lastRunAt: null,
      lastPassedAt: null,
      lastPassedRunId: null,
      lastPassedBackup: null,
      failedSinceRunId: null,
    },
  ]);
  expect(sectionOf(first.folder)).toContain('1 of 2 copies is proven by this run. Never proven: repository 2.');
  expect(sectionOf(first.folder)).toContain('✗ NEVER PROVEN');
  expect(first.report?.doesNotProve).toContain(
    `Repository 2 (posix, ${place.repo2}) has not been proven by any drill.`,
  );

  const places = ['--config', place.config, '--reports', place.reports, '--scratch', place.scratch];
  const both = await command(place, ['run', '--stanza', 'shop', '--repo', '1,2', ...places]);
  expect(both.status).toBe(0);
  const summary = both.stdout.split('Copies of shop: ')[1] ?? '';
  expect(summary).toMatch(/^2 of 2 proven\n {2}✓ repository 1 .*: last proven .*\n {2}✓ repository 2 .*: last proven/);
  const files = globSync('*/*/report.json', { cwd: place.reports }).toSorted();
  const reports = files.map((file) => reportSchema.parse(JSON.parse(readFileSync(join(place.reports, file), 'utf8'))));
  const second = reports.find((report) => copyOf(report, 2)?.thisRun === true);
  expect(second?.copies.map(({ lastVerdict }) => lastVerdict)).toEqual(['passed', 'passed']);
  // The run of the same command that came right before is the last of the first copy.
  expect(copyOf(second ?? null, 1)?.lastRunId).not.toBe(runId);
  expect(second?.doesNotProve.join('\n')).not.toContain('has not been proven');

  const backup = globSync('backup/shop/2*/pg_data/base/**/*.zst', { cwd: place.repo2 }).toSorted();
  for (const name of backup) flipByte(join(place.repo2, name));
  const third = await drill(place, '--repo', '2');
  expect(third).toMatchObject({ status: 1, report: { verdict: 'failed' } });
  expect(copyOf(third.report, 2)).toMatchObject({
    thisRun: true,
    lastVerdict: 'failed',
    lastRunId: third.report?.runId,
    lastPassedRunId: second?.runId,
    lastPassedBackup: second?.source.backup?.label,
  });
  expect(sectionOf(third.folder)).toMatch(/1 of 2 copies is proven by a drill .* ago\. Failed since: repository 2\./);

  // Another drill's name, a whole directory that is no repository: the history still counts, and the failure too.
  const fourth = await startDrill({ ...place, repo: golden.repo1 }, ['--repo', '1']).finished;
  expect(copyOf(fourth.report, 2)).toMatchObject({ lastVerdict: 'failed', lastPassedRunId: second?.runId });
  expect(fourth.report?.doesNotProve.join('\n')).toContain(`run ${third.report?.runId ?? '?'} has failed since`);

  const listed = await command(place, ['history', '--reports', place.reports]);
  expect(listed.stdout).toMatch(/VERDICT +REPO +BACKUP/);
  expect(listed.stdout).toMatch(/failed +2 /);
});

test('what failed before anything was read failed for the copy that was asked for', async () => {
  const place = twoCopies();
  for (const name of globSync('backup/shop/backup.info*', { cwd: place.repo2 })) flipByte(join(place.repo2, name));
  const run = await drill(place, '--repo', '2');
  expect(run.report?.source.repo).toBeNull();
  expect(run.report?.copies.map(({ thisRun, lastVerdict }) => [thisRun, lastVerdict])).toEqual([
    [false, null],
    [true, run.report?.verdict],
  ]);
  expect(sectionOf(run.folder)).toContain('None of 2 copies is proven. Never proven: repositories 1, 2.');
});
