import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stageBundle } from '../../../../src/evidence/bundle/stage.ts';
import { temporaryDirectory } from '../../../fixtures/plans.ts';
import { recordRun, runIdOf } from '../../../fixtures/signed-reports.ts';

test('a bundle lists a fallback, and counts it nowhere', async () => {
  const reports = temporaryDirectory();
  const controls = ['SOC2-A1.3'];
  await recordRun(reports, 1, { signer: null, controls, verdict: 'failed' });
  await recordRun(reports, 2, { signer: null, controls, fallbackOf: runIdOf(1) });
  const period = { from: '2026-11-01T00:00:00.000Z', until: '2026-12-01T00:00:00.000Z' };
  const about = {
    reports,
    period,
    drill: null,
    withoutValues: false,
    signer: null,
    keys: null,
    reviewers: [],
    planned: [],
  };
  const directory = temporaryDirectory();
  const { runs, verification } = await stageBundle(about, directory);
  expect(verification.problems).toEqual([]);
  expect(runs.map(({ outcome }) => outcome)).toEqual(['failed', 'fallback']);
  const page = readFileSync(join(directory, 'index.md'), 'utf8');
  expect(page).toContain('1 run of 1 drill: 0 passed, 1 did not');
  expect(page).toContain('orders: 0 of 1 passed');
});
