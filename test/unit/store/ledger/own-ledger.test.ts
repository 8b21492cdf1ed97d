import { chownSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DrillError } from '../../../../src/core/errors.ts';
import { Ledger } from '../../../../src/store/ledger/ledger.ts';
import { RunStore } from '../../../../src/store/run-store.ts';
import { temporaryDirectory } from '../../../fixtures/plans.ts';
import { recordRun } from '../../../fixtures/signed-reports.ts';

/** Only root can give a file away; for anybody else the ledger stays their own. */
const isRoot = process.getuid?.() === 0;
const stranger = isRoot ? 12_345 : (process.getuid?.() ?? 0);

/** The code, and whose the ledger is; null: nothing was refused. */
async function saidBy(work: () => unknown): Promise<unknown> {
  try {
    await work();
    return null;
  } catch (error) {
    return error instanceof DrillError ? [error.code, /id \d+,/.exec(error.message)?.[0]] : error;
  }
}

test('a ledger of another user is written to by nobody else, and whose it is is said before anything is made', async () => {
  const reports = temporaryDirectory();
  new RunStore(reports).requireWritable();
  await recordRun(reports, 0, { signer: null });
  new RunStore(reports).requireWritable();
  chownSync(join(reports, 'ledger.jsonl'), stranger, -1);
  const before = readdirSync(reports).toSorted();
  const refused = isRoot ? ['reports-not-writable', `id ${stranger},`] : null;
  expect(await saidBy(() => new RunStore(reports).requireWritable())).toEqual(refused);
  expect(await saidBy(() => new Ledger(reports).append(() => []))).toEqual(refused);
  expect(readdirSync(reports).toSorted()).toEqual(before);
});
