import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeWithParents } from '../core/directories.ts';
import { DrillError, messageOf } from '../core/errors.ts';
import { renderMarkdown } from '../report/markdown.ts';
import { RENDERERS } from '../report/render.ts';
import { reportSchema, type DrillReport } from '../report/report.ts';
import { digestOfText } from './digest.ts';
import { MANIFEST_FILE, manifestText } from './manifest.ts';
import { replaceFile } from './replace-file.ts';

/** Where a report was put: in the folder of the run, or where it does not belong, with a warning in it. */
export interface SavedReport {
  readonly report: DrillReport;
  readonly folder: string;
}

/** The same, with what the ledger keeps of its files. */
export interface WrittenReport extends SavedReport {
  readonly digests: { readonly report: string; readonly manifest: string };
}

/** The forms of a report that lie in the folder of a run, all made from the first of them. */
export const FORMS = { 'report.json': 'json', 'report.md': 'md', 'report.html': 'html', 'junit.xml': 'junit' } as const;

/**
 * Writes a report in all its forms and the manifest of its folder. Where the folder cannot be written to, they go into one among
 * the temporary files, with a warning. Throws `reports-not-writable` when they can be written to neither.
 */
export function writeSomewhere(folder: string, report: DrillReport): WrittenReport {
  try {
    return { report, folder, digests: writeWhole(folder, report) };
  } catch (error) {
    return writeElsewhere(report, `${folder} cannot be written to: ${messageOf(error)}`);
  }
}

function writeElsewhere(report: DrillReport, problem: string): WrittenReport {
  try {
    const folder = mkdtempSync(join(tmpdir(), `pgdrill-report-${report.runId}-`));
    const message = `${problem}; the report is in ${folder}`;
    const hint = 'make room for the reports, and move it there';
    const warning = { code: 'report-elsewhere', message, phase: null, hint };
    const warned = { ...report, reasons: [...report.reasons, warning] };
    return { report: warned, folder, digests: writeWhole(folder, warned) };
  } catch (error) {
    throw new DrillError(
      'reports-not-writable',
      `${problem}, and neither can ${tmpdir()}: ${messageOf(error)}. This is the report:\n\n${renderMarkdown(report)}`,
      { cause: error },
    );
  }
}

/** The same into this very folder. Throws what the system says. */
export function writeWhole(folder: string, report: DrillReport): WrittenReport['digests'] {
  const checked = reportSchema.parse(report);
  makeWithParents(folder, 0o700);
  const texts = Object.entries(FORMS).map(([name, form]) => ({ name, text: RENDERERS[form](checked) }));
  // The first is the truth, so it comes last: where it is, the others are.
  for (const { name, text } of texts.toReversed()) replaceFile(folder, name, text);
  const manifest = manifestText(folder, checked);
  replaceFile(folder, MANIFEST_FILE, manifest);
  return { report: digestOfText(texts[0]?.text ?? ''), manifest: digestOfText(manifest) };
}
