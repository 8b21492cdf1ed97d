import { globSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { reportSchema, type DrillReport } from '../../src/report/report.ts';
import {
  command,
  damagedWorkspace,
  drill,
  drillArgv,
  flipByte,
  leftovers,
  segmentFile,
  startCommand,
  workspace,
  writePlan,
  type Workspace,
} from '../fixtures/drill.ts';
import { HELD } from '../fixtures/held-check.ts';
import { startService } from '../fixtures/service.ts';
import { twoCopies } from '../fixtures/two-copies.ts';
import { untilVerifying } from '../fixtures/until.ts';

const golden = inject('golden');
const [, hole = ''] = golden.tail;

/** The reports of all runs of a workspace, in their order, as they lie on disk. */
function reportsOf({ reports }: Workspace): DrillReport[] {
  const files = globSync('*/*/report.json', { cwd: reports }).toSorted();
  return files.map((file) => reportSchema.parse(JSON.parse(readFileSync(join(reports, file), 'utf8'))));
}

/** Both runs, the one that failed first. */
function pairOf(place: Workspace): { first: DrillReport; second: DrillReport } {
  const [first, second, third] = reportsOf(place).toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
  expect(third).toBeUndefined();
  expect(first).toMatchObject({
    verdict: 'failed',
    fallbackOf: null,
    fallback: { tried: true, run: null, result: null },
  });
  expect(second).toMatchObject({ fallbackOf: first?.runId, fallback: null });
  expect(leftovers(place)).toEqual([]);
  return { first: first as DrillReport, second: second as DrillReport };
}

/** Damages all files of the incremental set alone. */
function damageIncremental(place: Workspace): void {
  for (const name of globSync('backup/shop/*I/pg_data/base/**/*.zst', { cwd: place.repo }))
    flipByte(join(place.repo, name));
}

test('a damaged set: an older one of the repository is tried, and counts for nothing', async () => {
  const place = damagedWorkspace();
  damageIncremental(place);
  const run = await drill(place, '--fallback', '--rto', '30m');
  expect(run.status).toBe(1);
  const { first, second } = pairOf(place);
  expect(first).toMatchObject({ source: { backup: { type: 'incr' } }, fallback: { repo: 1 } });
  expect(second).toMatchObject({
    verdict: 'passed',
    source: { backup: { type: 'full' } },
    recovery: { reached: true },
  });
  // What is printed is the report of the run that failed, and nothing else; it knows the answer by then.
  const { fallback, ...printed } = run.report as DrillReport;
  expect(printed).toEqual({ ...first, fallback: undefined });
  const answer = new RegExp(
    `^fallback: set ${second.source.backup?.label} of repository 1 recovers to 20.* UTC, measured RTO `,
  );
  expect(fallback).toMatchObject({ run: second.runId, verdict: 'passed', recoveredTo: second.recovery?.lastCommitAt });
  expect(fallback?.result).toMatch(answer);
  expect(run.stderr).toMatch(/fallback: set .* recovers to/);

  const markdown = readFileSync(join(place.reports, second.drill, second.runId, 'report.md'), 'utf8');
  expect(markdown.split('\n').slice(0, 4).join('\n')).toContain(`tried after run \`${first.runId}\``);

  const places = ['--reports', place.reports];
  const latest = await command(place, ['report', 'latest', '--format', 'json', ...places]);
  expect(JSON.parse(latest.stdout)).toMatchObject({ runId: first.runId, verdict: 'failed' });
  const listed = JSON.parse((await command(place, ['history', '--json', ...places])).stdout) as Record<
    string,
    object[]
  >;
  expect(listed['runs']).toMatchObject([{ runId: first.runId, verdict: 'failed' }]);
  expect(listed['fallbacks']).toMatchObject([{ runId: second.runId, fallbackOf: first.runId, verdict: 'passed' }]);
  expect(listed['unrecorded']).toEqual([]);
  expect((await command(place, ['history', ...places])).stdout).toMatch(/failed[^\n]*\n[^\n]*\(fallback passed\)/);
  expect((await command(place, ['evidence', 'verify', ...places])).status).toBe(0);
  expect((await command(place, ['site', ...places])).status).toBe(0);
  const pages = globSync('site/drills/*/*.html', { cwd: place.reports });
  expect(pages.map((page) => readFileSync(join(place.reports, page), 'utf8')).join('\n')).toContain(
    'fallback: recovers to',
  );

  // The copy is not proven by it, as the next run of it tells.
  const next = await drill(place);
  expect(next.report?.copies).toMatchObject([{ lastPassedAt: null, failedSinceRunId: next.report?.runId }]);
});

test('a hole in the WAL: the repository that holds it is tried, and those who were told of the failure hear of it', async () => {
  const place = twoCopies();
  rmSync(segmentFile(place.repo, hole));
  const [slack, hc] = [await startService(), await startService()];
  const plan = writePlan(place, 'night', {
    onFailure: 'fallback',
    notify: [{ slack: { url: 'env:SLACK_URL' } }, { healthchecks: { url: 'env:HC_URL' } }],
  });
  const argv = drillArgv(place, [plan, '--repo', '1'])
    .slice(1)
    .filter((word) => word !== '--json');
  const run = await command(place, argv.slice(1), { SLACK_URL: slack.url, HC_URL: `${hc.url}/ping` });
  expect(run.status).toBe(1);
  const { first, second } = pairOf(place);
  expect(first.reasons[0]).toMatchObject({ code: 'wal-missing' });
  expect(second).toMatchObject({ verdict: 'passed', source: { repo: { key: 2 } } });
  const answer = /fallback: set \S+F of repository 2 recovers to 20.* UTC, measured RTO /;
  expect(run.stdout).toMatch(answer);
  expect(run.stdout).toContain('of repository 2 is tried, because');
  expect(run.stdout).toContain('stays failed');

  const told = slack.received.map(({ body }) => body);
  expect(told).toHaveLength(2);
  expect(told[0]).toContain('FAILED');
  expect(told[1]).toContain('STILL FAILED');
  expect(told[1]).toMatch(/recovers to 20/);
  expect(hc.received.map(({ path }) => path.replace(/\?.*/, ''))).toEqual(['/ping/start', '/ping/1']);
});

test('both copies have the hole: what comes before it is recovered', async () => {
  const place = twoCopies();
  for (const repo of [place.repo, place.repo2]) rmSync(segmentFile(repo, hole));
  const run = await drill(place, '--fallback');
  expect(run.status).toBe(1);
  const { second } = pairOf(place);
  expect(second).toMatchObject({ verdict: 'passed', target: { type: 'lsn' }, source: { repo: { key: 1 } } });
  // The last commit before the hole is that of the heartbeat after the fourth mark.
  expect(Date.parse(second.recovery?.lastCommitAt ?? '')).toBeGreaterThan(Date.parse(golden.marks[2]?.after ?? ''));
  expect(run.report?.fallback?.why).toContain('the last WAL segment before the hole');
  expect(run.report?.fallback?.result).toMatch(/recovers to 20/);
});

test('a check that fails: the set before tells whether it held at that time', async () => {
  const place = workspace();
  const plan = writePlan(place, 'rows', {
    onFailure: 'fallback',
    source: { stanza: 'shop', repo: 1 },
    checks: [{ name: 'few marks', sql: 'select count(*) < 4 from marks' }],
  });
  const run = await drill(place, plan);
  expect(run.status).toBe(1);
  const { second } = pairOf(place);
  expect(second).toMatchObject({
    verdict: 'passed',
    target: { type: 'immediate' },
    source: { backup: { type: 'full' } },
  });
  expect(run.report?.fallback).toMatchObject({ tried: true, code: 'check-failed', verdict: 'passed' });
});

test('everything is damaged: the fallback fails too, and that is said', async () => {
  const place = twoCopies();
  for (const repo of [place.repo, place.repo2])
    for (const name of globSync('backup/shop/2*/pg_data/base/**/*.zst', { cwd: repo })) flipByte(join(repo, name));
  const run = await drill(place, '--fallback');
  expect(run.status).toBe(1);
  expect(pairOf(place).second).toMatchObject({ verdict: 'failed', source: { repo: { key: 2 } } });
  expect(run.report?.fallback?.result).toMatch(/^fallback failed too: set \S+ of repository 2 was not recovered \(/);
});

test('Ctrl-C in the fallback ends it, and the drill stays failed', async () => {
  const place = twoCopies();
  rmSync(segmentFile(place.repo, hole));
  const plan = writePlan(place, 'ended', { onFailure: 'fallback', checks: [{ name: 'held', sql: HELD }] });
  const argv = drillArgv(place, [plan, '--repo', '1']).slice(2);
  const { ended, kill } = startCommand(place, argv);
  await untilVerifying(place);
  kill('SIGINT');
  const { status, stdout } = await ended;
  expect(status).toBe(1);
  expect(pairOf(place).second.verdict).toBe('cancelled');
  expect(reportSchema.parse(JSON.parse(stdout))).toMatchObject({
    verdict: 'failed',
    fallback: { verdict: 'cancelled', result: expect.stringContaining('fallback cancelled') as string },
  });
});

test('where nothing else could help nothing is tried, and it is said why', async () => {
  const place = workspace();
  const run = await drill(place, '--fallback', '--repo', '2', '--rto', '1ms');
  expect(run).toMatchObject({ status: 1, report: { fallback: { tried: false, code: 'rto-missed', run: null } } });
  const cramped = writePlan(place, 'cramped', { onFailure: 'fallback', sandbox: { reserve: '900TB' } });
  const unanswered = await drill(place, cramped);
  expect(unanswered).toMatchObject({ status: 3, report: { fallback: { tried: false, code: null } } });
  expect(unanswered.report?.fallback?.why).toContain('inconclusive');
  expect(reportsOf(place)).toHaveLength(2);
});

test('--keep leaves up what recovers; nothing is tried beside an instance that is up', async () => {
  const place = twoCopies();
  const kept = await drill(place, '--fallback', '--keep', '--check-sql', 'select false');
  expect(kept).toMatchObject({ status: 1, report: { fallback: { tried: false } } });
  expect(kept.report?.fallback?.why).toContain('the instance was kept');
  await command(place, ['sweep', '--kept', '--scratch', place.scratch]);
  expect(leftovers(place)).toEqual([]);

  rmSync(segmentFile(place.repo, hole));
  const run = await drill(place, '--fallback', '--keep');
  expect(run.report?.fallback).toMatchObject({ tried: true, repo: 2, verdict: 'passed' });
  expect(run.report?.fallback?.why).toBe(`it holds WAL file ${hole}`);
  expect(run.stderr).toContain(`drill sweep --run ${run.report?.fallback?.run}`);
  await command(place, ['sweep', '--kept', '--scratch', place.scratch]);
  expect(leftovers(place)).toEqual([]);
});

test('with --all each drill has its own fallback, and the scorecard has the drills', async () => {
  const place = twoCopies();
  rmSync(segmentFile(place.repo, hole));
  const metrics = join(place.root, 'drills.prom');
  mkdirSync(join(place.root, 'drills'));
  const source = { stanza: 'shop', config: place.config, repo: 1 };
  renameSync(writePlan(place, 'holed', { source, reports: place.reports }), join(place.root, 'drills', 'holed.yaml'));
  const argv = ['run', '--all', '--scratch', place.scratch, '--fallback', '--json', '--metrics', metrics];
  const run = await command(place, argv);
  expect(run.status).toBe(1);
  const { second } = pairOf(place);
  const result = JSON.parse(run.stdout) as { drills: { reports: DrillReport[]; exitStatus: number }[] };
  expect(result.drills).toMatchObject([
    { exitStatus: 1, reports: [{ verdict: 'failed', fallback: { run: second.runId, verdict: 'passed' } }] },
  ]);
  expect(run.stderr).toMatch(/fallback: set .* of repository 2 recovers to/);
  const samples = readFileSync(metrics, 'utf8');
  expect(samples).toMatch(/pgdrill_runs_total\{[^}]*verdict="failed"[^}]*\} 1/);
  expect(samples).not.toMatch(/pgdrill_runs_total\{[^}]*verdict="passed"[^}]*\} [1-9]/);
});
