import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportSchema, type DrillReport } from '../report/report.ts';
import { digestOf, digestOfText } from './digest.ts';
import { endedEntry } from './ledger/entries.ts';
import type { LedgerState } from './ledger/ledger.ts';
import type { OpenRun } from './ledger/index-answers.ts';
import { isEntry, type LedgerEntry } from './ledger/line.ts';
import { tryLock } from '../core/file-lock.ts';
import { MANIFEST_FILE, STATEMENT_FILES } from './manifest.ts';

/** The file whose lock a run holds as long as it is under way. */
export const RUNNING_FILE = '.running';

/** That file, and what SQLite leaves of its lock when a process is killed. They say nothing of the run itself. */
export const LOCK_FILES: readonly string[] = [RUNNING_FILE, `${RUNNING_FILE}-journal`];

/**
 * What becomes of runs that have begun and not ended, and whose process is gone: one that got as far as its report has
 * ended; any other is lost. One whose process is still there is left alone.
 */
export function settled({ openRuns }: Pick<LedgerState, 'openRuns'>, reports: string): LedgerEntry[] {
  return openRuns.filter((run) => isGone(join(reports, run.drill, run.run))).map((run) => endOf(run, reports));
}

/** Whoever ran holds the lock until the process dies, however it dies. */
function isGone(folder: string): boolean {
  const file = join(folder, RUNNING_FILE);
  if (!existsSync(file)) return true;
  const lock = tryLock(file);
  lock?.release();
  return lock !== null;
}

function endOf({ drill, run, number, startedAt }: OpenRun, reports: string): LedgerEntry {
  const folder = join(reports, drill, run);
  const read = readWhole(folder);
  if (read?.report.runId !== run) return { kind: 'lost', drill, run, number, startedAt };
  return endedEntry(read.report, { number, recorded: 'later', ...read.digests });
}

/** A report that was read, and what the ledger keeps of what speaks for it. */
interface WholeRun {
  readonly report: DrillReport;
  readonly digests: { readonly report: string; readonly manifest: string | null; readonly key: string | null };
}

/** The report of a run and what speaks for it; null: there is none that can be read. */
export function readWhole(folder: string): WholeRun | null {
  try {
    const text = readFileSync(join(folder, 'report.json'), 'utf8');
    const report = reportSchema.parse(JSON.parse(text));
    const manifest = join(folder, MANIFEST_FILE);
    // The run may have been killed before it was signed.
    const isSigned = existsSync(join(folder, STATEMENT_FILES.drill));
    const digests = {
      report: digestOfText(text),
      manifest: existsSync(manifest) ? digestOf(manifest).sha256 : null,
      key: isSigned ? report.record.keyId : null,
    };
    // Somebody may have written it whose stamps are none.
    return isEntry(endedEntry(report, { number: 1, recorded: 'later', ...digests })) ? { report, digests } : null;
  } catch {
    return null;
  }
}
