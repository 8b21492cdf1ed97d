import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import type { DrillReport } from '../../src/report/report.ts';
import { copyTree } from '../fixtures/copy-tree.ts';
import { command, drill, flipByte, workspace, writePlan, type DrillRun, type Workspace } from '../fixtures/drill.ts';

const golden = inject('golden');
const [, m2] = golden.marks;

/** Which repository, age of the backup and kind of target a run has proven. */
function combination({ source, target }: DrillReport): string {
  return `${source.repo?.key} ${source.backup?.age} ${target.type}`;
}

function rotating(place: Workspace, more: object = {}, source: object = {}): string {
  return writePlan(place, 'turns', { source: { stanza: 'shop', backup: 'rotate', ...source }, ...more });
}

test('two repositories with three sets: all combinations come up once, and then the first again', async () => {
  const place = workspace();
  const plan = rotating(place);
  const runs: DrillRun[] = [];
  for (let month = 0; month < 6; month += 1) runs.push(await drill(place, plan));
  const reports = runs.flatMap(({ report }) => report ?? []);
  expect(reports.map(({ verdict }) => verdict)).toEqual(Array.from({ length: 6 }, () => 'passed'));
  // Repository 2 holds one set.
  expect(reports.map(combination)).toEqual([
    '1 newest latest',
    '2 newest latest',
    '1 newest random',
    '2 newest random',
    '1 oldest latest',
    '1 oldest random',
  ]);
  const [first, , third] = reports;
  expect(first?.selection).toMatchObject({
    kind: 'rotate',
    seed: null,
    reason: expect.stringMatching(/never proven$/),
  });
  expect(first?.source.backup?.choice).toBe('rotate');
  expect(first?.selection?.candidates.map(({ lastPassedAt, leftOut }) => [lastPassedAt, leftOut])).toEqual(
    Array.from({ length: 6 }, () => [null, null]),
  );
  expect(third?.selection?.candidates.filter(({ lastPassedAt }) => lastPassedAt !== null)).toHaveLength(2);
  expect(third?.selection?.seed).toMatch(/^[0-9a-f]{16}$/);
  expect(readFileSync(join(runs[0]?.folder ?? '', 'report.md'), 'utf8')).toContain(first?.selection?.reason);

  const places = ['--stanza', 'shop', '--config', place.config, '--scratch', place.scratch, '--reports', place.reports];
  const next = await command(place, ['plan', plan, ...places, '--json']);
  expect(JSON.parse(next.stdout)).toMatchObject({
    repo: { key: 1 },
    backup: { label: first?.source.backup?.label },
    target: { type: 'latest' },
    selection: { reason: expect.stringContaining(`was proven longest ago, at ${first?.startedAt}`) as string },
  });
});

describe('a combination', () => {
  test('to which nothing leads is left out, with the reason in the report', async () => {
    const place = workspace();
    const before = rotating(place, { target: { time: m2?.after } }, { repo: 1 });
    const run = await drill(place, before);
    expect(run).toMatchObject({ status: 0, report: { verdict: 'passed' } });
    expect(run.report && combination(run.report)).toBe('1 oldest time');
    expect(run.report?.selection?.candidates).toMatchObject([
      { age: 'newest', leftOut: expect.stringContaining('lies before the backup set') as string },
      { age: 'oldest', leftOut: null },
    ]);
    expect(run.report?.selection?.reason).toContain('1 could not be drilled and was left out');
    expect(readFileSync(join(run.folder, 'report.md'), 'utf8')).toContain('Left out');
  });

  test('that failed before anything was restored was tried: another one that was never proven comes next', async () => {
    const place = workspace();
    // Nothing was archived in the last second. Behind the newest set that is no fault.
    const plan = rotating(place, { target: [{ random: { within: '1s' } }, 'immediate'] }, { repo: 1 });
    const tried: string[] = [];
    for (let month = 0; month < 3; month += 1) {
      const { report } = await drill(place, plan);
      tried.push(`${report?.source.backup?.age} ${report?.target.type} ${report?.verdict}`);
    }
    expect(tried).toEqual(['newest immediate passed', 'oldest random failed', 'oldest immediate passed']);
  });

  test.each([
    {
      copy: 'broken',
      damage: (repo: string) => {
        for (const name of globSync('backup/shop/backup.info*', { cwd: repo })) flipByte(join(repo, name));
      },
    },
    { copy: 'without any backup', damage: (repo: string) => rmSync(join(repo, 'backup'), { recursive: true }) },
  ])('of a copy that is $copy is not left out: when its turn comes, it fails', async ({ damage }) => {
    const base = workspace();
    const repo2 = join(base.root, 'repo2');
    copyTree(golden.repo2, repo2);
    damage(repo2);
    const config = join(base.root, 'pgbackrest.conf');
    writeFileSync(config, readFileSync(golden.config, 'utf8').replaceAll(golden.repo2, repo2), { mode: 0o644 });
    const place = { ...base, config };
    const plan = rotating(place, { target: 'latest' });
    expect(await drill(place, plan)).toMatchObject({ status: 0, report: { source: { repo: { key: 1 } } } });
    const second = await drill(place, plan);
    expect(second).toMatchObject({ status: 1, report: { verdict: 'failed', selection: { kind: 'rotate' } } });
    expect(second.report?.selection?.reason).toContain('(repository 2, no backup, target latest) was never proven');
    expect(second.report?.copies.find(({ key }) => key === 2)).toMatchObject({ thisRun: true, lastVerdict: 'failed' });
    expect(second.report?.reasons.map(({ code }) => code)).not.toContain('repo-skipped');
  });
});

test('what was drawn by chance is drawn again by the seed of the report', async () => {
  const place = workspace();
  const plan = writePlan(place, 'chance', {
    source: { stanza: 'shop', backup: 'random' },
    target: { random: { within: '1d' } },
  });
  const first = await drill(place, plan);
  expect(first).toMatchObject({ status: 0, report: { verdict: 'passed', selection: { kind: 'random' } } });
  const { seed = '', candidates = [] } = first.report?.selection ?? {};
  expect(candidates.map(({ backup }) => backup)).toContain(first.report?.source.backup?.label);
  const again = await drill(place, plan, '--seed', seed ?? '');
  expect(again.report?.selection).toEqual(first.report?.selection);
  expect([again.report?.source.backup?.label, again.report?.target.value]).toEqual([
    first.report?.source.backup?.label,
    first.report?.target.value,
  ]);
  const refused = await drill(place, plan, '--seed', 'two words');
  expect(refused).toMatchObject({ status: 2, report: null });
});

test('a random position that is drawn for a set that was named lies behind that set', async () => {
  const place = workspace();
  const [label = ''] = globSync('backup/shop/*I', { cwd: golden.repo1 }).map((path) => path.split('/').at(-1) ?? '');
  const plan = writePlan(place, 'behind', {
    source: { stanza: 'shop', backup: label },
    target: { random: { within: '1d' } },
  });
  for (const seed of ['a', 'b', 'c']) {
    expect(await drill(place, plan, '--seed', seed)).toMatchObject({ status: 0, report: { verdict: 'passed' } });
  }
});
