import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeWithParents } from '../core/directories.ts';
import { DrillError, messageOf } from '../core/errors.ts';
import { renderMarkdown } from '../report/markdown.ts';
import { reportSchema, type DrillReport } from '../report/report.ts';
import { EvidenceLog } from './evidence-log.ts';

/** Where a report was put: in the folder of the run, or where it does not belong, with a warning in it. */
export interface SavedReport {
  readonly report: DrillReport;
  readonly folder: string;
}

/** The folder of a run: its report, and its evidence. Its owner's alone, since logs and checks may show restored data. */
export class RunFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Makes it. Throws `reports-not-writable`. */
  make(): void {
    try {
      makeWithParents(this.path, 0o700);
    } catch (error) {
      throw new DrillError('reports-not-writable', `${this.path} cannot be made: ${messageOf(error)}`, {
        hint: 'name a directory that you may write to with --reports',
        cause: error,
      });
    }
  }

  /** Removes the folder of a run that was none, and the one of its drill if nothing else is in it. */
  discard(): void {
    rmSync(this.path, { recursive: true, force: true });
    try {
      rmdirSync(dirname(this.path));
    } catch {
      // Other runs are in it, or it was never made.
    }
  }

  /** Writes one file of evidence. */
  keep(name: string, content: string): void {
    writeFileSync(join(this.path, name), content, { mode: 0o600 });
  }

  /** A file of evidence that grows with the run. */
  log(name: string): EvidenceLog {
    return new EvidenceLog(join(this.path, name));
  }

  /** The evidence with its digests: all files but the reports themselves. */
  evidence(): DrillReport['evidence'] {
    return namesIn(this.path)
      .filter((name) => !name.startsWith('report.') && !name.startsWith('.'))
      .toSorted()
      .map((file) => ({ file, ...digest(join(this.path, file)) }));
  }

  /**
   * Writes report.json, and report.md rendered from it alone; each appears whole or not at all. Where that cannot be, they
   * go into a directory of their own among the temporary files, with a warning. Throws `reports-not-writable` when they can
   * be written to neither.
   */
  save(report: DrillReport): SavedReport {
    try {
      writeWhole(this.path, report);
      return { report, folder: this.path };
    } catch (error) {
      return saveElsewhere(report, `${this.path} cannot be written to: ${messageOf(error)}`);
    }
  }
}

function writeWhole(folder: string, report: DrillReport): void {
  const checked = reportSchema.parse(report);
  new RunFolder(folder).make();
  replaceFile(folder, 'report.md', renderMarkdown(checked));
  replaceFile(folder, 'report.json', `${JSON.stringify(checked, null, 2)}\n`);
}

function replaceFile(folder: string, name: string, content: string): void {
  const file = join(folder, `.${name}.new`);
  writeFileSync(file, content, { mode: 0o600 });
  renameSync(file, join(folder, name));
}

function saveElsewhere(report: DrillReport, problem: string): SavedReport {
  try {
    const path = mkdtempSync(join(tmpdir(), `pgdrill-report-${report.runId}-`));
    const message = `${problem}; the report is in ${path}`;
    const hint = 'make room for the reports, and move it there';
    const warning = { code: 'report-elsewhere', message, phase: null, hint };
    const warned = { ...report, reasons: [...report.reasons, warning] };
    writeWhole(path, warned);
    return { report: warned, folder: path };
  } catch (error) {
    throw new DrillError(
      'reports-not-writable',
      `${problem}, and neither can ${tmpdir()}: ${messageOf(error)}. This is the report:\n\n${renderMarkdown(report)}`,
      { cause: error },
    );
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Nothing is there, or nothing that this run may read any more.
  }
}

/** In pieces: the log of a restore has a line for every file of the cluster. */
function digest(path: string): { sha256: string; bytes: number } {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(64 * 1024);
  const file = openSync(path, 'r');
  let bytes = 0;
  try {
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      hash.update(buffer.subarray(0, read));
      bytes += read;
    }
  } finally {
    closeSync(file);
  }
  return { sha256: hash.digest('hex'), bytes };
}
