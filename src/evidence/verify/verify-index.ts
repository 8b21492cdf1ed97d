import { join } from 'node:path';
import { LedgerFile } from '../../store/ledger/ledger-file.ts';
import { indexAgrees } from '../../store/ledger/open-index.ts';
import { INDEX_FILE, LEDGER_FILE } from '../../store/ledger/ledger.ts';
import { problemWith, type Problem } from './problem.ts';

/** Lists and the table of copies are made from the index: one that was changed would tell of runs that never were. */
export function verifyIndex(reports: string): Problem[] {
  let file: LedgerFile | null = null;
  try {
    file = LedgerFile.toRead(join(reports, LEDGER_FILE));
    return indexAgrees(join(reports, INDEX_FILE), file)
      ? []
      : [problemWith(INDEX_FILE, 'it does not say what the ledger says: remove it, and it is made anew')];
  } catch {
    return []; // There is no ledger, or no index, that could be read: that is said elsewhere, or nobody can believe it.
  } finally {
    file?.close();
  }
}
