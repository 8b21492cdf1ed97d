import { existsSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { LedgerFile } from './ledger-file.ts';
import { LedgerIndex } from './ledger-index.ts';
import type { LedgerHead } from './index-answers.ts';
import { FORMAT, TABLES } from './index-tables.ts';

/**
 * Opens the index of a ledger and brings it up to date. `before`: the head that it knew, where the ledger is another one by
 * now. For whoever holds the lock of the ledger.
 */
export function openIndex(path: string, file: LedgerFile): { index: LedgerIndex; before: LedgerHead | null } {
  const known = openIfSound(path, false);
  if (known?.fits(file)) {
    known.readOn(file);
    return { index: known, before: null };
  }
  const before = known?.head() ?? null;
  known?.close();
  rmSync(path, { force: true });
  return { index: made(path, file), before };
}

/** The same for whoever only reads, and writes nothing: an index that is not up to date is made anew in memory. */
export function openIndexToRead(path: string, file: LedgerFile): LedgerIndex {
  const known = openIfSound(path, true);
  if (known?.fits(file) && known.head().size === file.endOfLines()) return known;
  known?.close();
  return made(':memory:', file);
}

/**
 * Whether an index says what its ledger says. One that is not there, or is no index of this ledger as it is now, is made anew
 * before anybody believes it, and so says nothing wrong.
 */
export function indexAgrees(path: string, file: LedgerFile): boolean {
  const known = openIfSound(path, true);
  if (known === null) return true;
  const fresh = made(':memory:', file);
  try {
    const isCurrent = known.fits(file) && known.head().size === file.endOfLines();
    return !isCurrent || known.content() === fresh.content();
  } finally {
    known.close();
    fresh.close();
  }
}

function made(path: string, file: LedgerFile): LedgerIndex {
  const database = connect(path, false);
  database.exec(TABLES);
  const index = new LedgerIndex(database);
  index.readOn(file);
  return index;
}

function openIfSound(path: string, readOnly: boolean): LedgerIndex | null {
  if (!existsSync(path)) return null;
  let database: DatabaseSync | null = null;
  try {
    database = connect(path, readOnly);
    if (database.prepare('select format from head').get()?.['format'] === FORMAT) return new LedgerIndex(database);
  } catch {
    // It is broken, or was never finished.
  }
  database?.close();
  return null;
}

/** What is in it can be made anew, so nothing waits for the disk. A reader waits for a writer. */
function connect(path: string, readOnly: boolean): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly, timeout: 5000 });
  if (!readOnly) database.exec('pragma journal_mode = memory; pragma synchronous = off');
  return database;
}
