import { rmSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { verifyReports } from '../../../src/evidence/verify/verify-reports.ts';
import { tamperedReports, tamperings, type Missed } from '../../fixtures/tamper.ts';

// More of them, with other seeds: npm run tamper -- --count 5000 --seed 7.
test('whatever is changed in 200 signed runs and their ledger is seen, and named', async () => {
  const made = await tamperedReports(200);
  onTestFinished(() => rmSync(made.reports, { recursive: true, force: true }));
  const seen: (Missed | null)[] = [];
  for await (const one of tamperings(made, 300, 20261129)) seen.push(one);
  expect(seen).toHaveLength(300);
  expect(seen.filter((one) => one !== null)).toEqual([]);
  expect(verifyReports({ reports: made.reports, runs: null, keys: [made.signer.publicKey] }).problems).toEqual([]);
}, 300_000);
