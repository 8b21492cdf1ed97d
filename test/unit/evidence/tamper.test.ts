import { rmSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { verifyReports } from '../../../src/evidence/verify/verify-reports.ts';
import { tamperings, type Missed } from '../../fixtures/tamper.ts';
import { knownKeys, tamperedReports } from '../../fixtures/tampered-reports.ts';

// More of them, with other seeds: npm run tamper -- --count 5000 --seed 7.
test('whatever is changed in 100 signed runs, their sign-offs, keys and ledger is seen, and named', async () => {
  const made = await tamperedReports(100);
  onTestFinished(() => rmSync(made.reports, { recursive: true, force: true }));
  const seen: (Missed | null)[] = [];
  for await (const one of tamperings(made, 320, 20261129)) seen.push(one);
  expect(seen).toHaveLength(320);
  expect(seen.filter((one) => one !== null)).toEqual([]);
  expect(verifyReports({ reports: made.reports, runs: null, keys: knownKeys(made) }).problems).toEqual([]);
}, 300_000);
