import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { measuredOf } from '../../../src/forecast/measured.ts';
import { RunStore } from '../../../src/store/run-store.ts';
import { commandLine } from '../../fixtures/command-line.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';
import { runEndedIn, sampleReport } from '../../fixtures/sample-report.ts';
import { recordRun } from '../../fixtures/signed-reports.ts';

const GB = 1024 ** 3;
const SAMPLE = sampleReport();

/** A run of so many gigabytes, restored at 100 MB/s. */
function ofSize(gb: number): Partial<typeof SAMPLE> {
  const phases = SAMPLE.phases.map((phase) => (phase.id === 'restore' ? { ...phase, durationMs: gb * 10_240 } : phase));
  return { phases, restore: SAMPLE.restore && { ...SAMPLE.restore, start: 'empty', bytesTotal: gb * GB } };
}

/** A plan, and a run of it on the first day of each month. */
async function drilled(
  sizes: readonly number[],
  rto = '1h',
): Promise<{ readonly plan: string; readonly reports: string }> {
  const root = temporaryDirectory();
  mkdirSync(join(root, 'drills'));
  const plan = join(root, 'drills/orders.yaml');
  writeFileSync(plan, `name: orders\nsource: { stanza: main }\nobjectives: { rto: ${rto} }\nreports: ../reports\n`);
  const reports = join(root, 'reports');
  for (const [month, gb] of sizes.entries()) {
    const startedAt = new Date(Date.UTC(2026, month, 1)).toISOString();
    await recordRun(reports, month, { signer: null, startedAt, ...ofSize(gb) });
  }
  return { plan, reports };
}

test('the data as they grow, how long their recovery would take, and when the objective breaks', async () => {
  const { plan } = await drilled([100, 120, 140, 160, 180, 200]);
  const { status, stdout, stderr } = await commandLine(['forecast', plan]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^now +200(?:\.0)? GB +160(?:\.0)? MB +\S.*$/m);
  expect(stdout).toMatch(/^in 6 months +3\d\d GB /m);
  expect(stdout).toMatch(/^in a year +4\d\d GB .* no forecast$/m);
  expect(stdout).toContain(
    'No forecast: 443 GB of data is more than twice the largest that a drill measured (200 GB).',
  );
  expect(stdout).toContain('Rests on 6 passed runs');
  expect(stdout).toContain('shared_buffers');
  expect(stdout).toMatch(/The data grow by 20\.0 GB in 30 days\./);
  expect(stdout).toMatch(/The RTO objective of .* is missed from about 2026-12-19 on\./);
});

test('a size that is named, in JSON', async () => {
  const { plan } = await drilled([100, 150, 200], '2h');
  const { status, stdout } = await commandLine(['forecast', plan, '--size', '300GB', '--wal', '100MB', '--json']);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    drill: 'orders',
    at: [
      {
        restoredBytes: 300 * GB,
        walBytes: 100 * 1024 ** 2,
        found: { forecast: { margin: 0.3, phases: { restore: expect.closeTo(300 * 10_240, 0) } } },
      },
    ],
    objectiveMs: 7_200_000,
  });
});

test.each<[string, readonly number[], string[], RegExp]>([
  ['of a drill that never ran', [], [], /needs 3 passed runs .* there are 0\./],
  ['of two runs', [100, 110], [], /there are 2\./],
  ['far beyond what was measured', [100, 150, 200], ['--size', '2TB'], /2\.0 TB of data is more than twice/],
])('no forecast is made %s, and the exit status says so', async (_, sizes, more, why) => {
  const { plan } = await drilled(sizes);
  const { status, stdout } = await commandLine(['forecast', plan, ...more]);
  expect(status).toBe(1);
  expect(stdout).toMatch(why);
});

test('a size that is none is refused', async () => {
  const { plan } = await drilled([]);
  const { status, stderr } = await commandLine(['forecast', plan, '--size', 'big']);
  expect(status).toBe(2);
  expect(stderr).toContain('--size big is no size');
});

test('a run whose report is gone is left out', async () => {
  const { reports } = await drilled([100, 150, 200]);
  const store = new RunStore(reports);
  const before = await store.lastPassedLike('orders', 9);
  expect(before).toHaveLength(3);
  rmSync(join(reports, 'orders', before[1]?.runId ?? '', 'report.json'));
  expect((await store.lastPassedLike('orders', 9)).map(({ runId }) => runId)).toEqual([
    before[0]?.runId,
    before[2]?.runId,
  ]);
});

test.each([
  ['did not pass', runEndedIn('recover')],
  ['built on data that were there', sampleReport({ restore: SAMPLE.restore && { ...SAMPLE.restore, start: 'delta' } })],
])('nothing is measured by a run that %s', (_, report) => {
  expect(measuredOf(report)).toBeNull();
});
