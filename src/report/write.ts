import { createHash } from 'node:crypto';
import {
  accessSync,
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeWithParents } from '../core/directories.ts';
import { DrillError, messageOf } from '../core/errors.ts';
import { renderMarkdown } from './markdown.ts';
import { reportSchema, type DrillReport } from './report.ts';

/** Throws while nothing has been started when reports could not be written; makes nothing. */
export function requireWritableReports(reports: string): void {
  let existing = reports;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  try {
    accessSync(existing, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new DrillError('reports-not-writable', `reports cannot be written to ${reports}: ${messageOf(error)}`, {
      hint: 'name a directory that you may write to with --reports',
      cause: error,
    });
  }
}

/** Makes the folder of a run; its owner's alone, since logs and checks may show restored data. */
export function makeRunFolder(folder: string): void {
  try {
    makeWithParents(folder, 0o700);
  } catch (error) {
    throw new DrillError('reports-not-writable', `${folder} cannot be made: ${messageOf(error)}`, {
      hint: 'name a directory that you may write to with --reports',
      cause: error,
    });
  }
}

/** Removes the folder of a run that was none, and the one of its drill if nothing else is in it. */
export function removeRunFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  try {
    rmdirSync(dirname(folder));
  } catch {
    // Other runs are in it, or it was never made.
  }
}

/**
 * A log that grows with the run. Where it cannot be written any more (the disk is full), the run goes on without it: `problem`
 * says why.
 */
export class EvidenceLog {
  readonly #file: string;
  problem: string | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  append(text: string): void {
    if (this.problem !== null) return;
    try {
      appendFileSync(this.#file, text, { mode: 0o600 });
    } catch (error) {
      this.problem = messageOf(error);
    }
  }
}

/** Writes one file of evidence. */
export function writeEvidence(folder: string, name: string, content: string): void {
  writeFileSync(join(folder, name), content, { mode: 0o600 });
}

/** The files of a run's folder with their digests, but for the reports themselves. */
export function listEvidence(folder: string): DrillReport['evidence'] {
  return namesIn(folder)
    .filter((name) => !name.startsWith('report.') && !name.startsWith('.'))
    .toSorted()
    .map((file) => ({ file, ...digest(join(folder, file)) }));
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

/** Writes report.json, and report.md rendered from it alone. Each appears whole or not at all. */
function writeReport(folder: string, report: DrillReport): void {
  const checked = reportSchema.parse(report);
  makeRunFolder(folder);
  replaceFile(folder, 'report.md', renderMarkdown(checked));
  replaceFile(folder, 'report.json', `${JSON.stringify(checked, null, 2)}\n`);
}

/** Where a report was put: in the folder of the run, or where it does not belong, and why. */
export interface SavedReport {
  readonly report: DrillReport;
  readonly folder: string;
  /** Null: in the folder of the run. */
  readonly problem: string | null;
}

/**
 * Writes the report into the folder of the run, or, where that cannot be, into a directory of its own among the temporary
 * files, with a warning. Throws `reports-not-writable` when it can be written to neither.
 */
export function saveReport(folder: string, report: DrillReport): SavedReport {
  try {
    writeReport(folder, report);
    return { report, folder, problem: null };
  } catch (error) {
    const problem = `${folder} cannot be written to: ${messageOf(error)}`;
    return { ...saveElsewhere(report, problem), problem };
  }
}

function saveElsewhere(report: DrillReport, problem: string): { report: DrillReport; folder: string } {
  try {
    const folder = mkdtempSync(join(tmpdir(), `pgdrill-report-${report.runId}-`));
    const message = `${problem}; the report is in ${folder}`;
    const hint = 'make room for the reports, and move it there';
    const warning = { code: 'report-elsewhere', message, phase: null, hint };
    const warned = { ...report, reasons: [...report.reasons, warning] };
    writeReport(folder, warned);
    return { report: warned, folder };
  } catch (error) {
    throw new DrillError(
      'reports-not-writable',
      `${problem}, and neither can ${tmpdir()}: ${messageOf(error)}. This is the report:\n\n${renderMarkdown(report)}`,
      { cause: error },
    );
  }
}

function replaceFile(folder: string, name: string, content: string): void {
  writeEvidence(folder, `.${name}.new`, content);
  renameSync(join(folder, `.${name}.new`), join(folder, name));
}
