import { createHash } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
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
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

/** Writes one file of evidence. */
export function writeEvidence(folder: string, name: string, content: string): void {
  writeFileSync(join(folder, name), content, { mode: 0o600 });
}

/** The files of a run's folder with their digests, but for the reports themselves. */
export function listEvidence(folder: string): DrillReport['evidence'] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('report.') && !name.startsWith('.'))
    .toSorted()
    .map((file) => ({ file, ...digest(join(folder, file)) }));
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
export function writeReport(folder: string, report: DrillReport): void {
  const checked = reportSchema.parse(report);
  makeRunFolder(folder);
  replaceFile(folder, 'report.md', renderMarkdown(checked));
  replaceFile(folder, 'report.json', `${JSON.stringify(checked, null, 2)}\n`);
}

function replaceFile(folder: string, name: string, content: string): void {
  writeEvidence(folder, `.${name}.new`, content);
  renameSync(join(folder, `.${name}.new`), join(folder, name));
}
