import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { DrillReport } from '../report/report.ts';
import { digestOf } from './digest.ts';

/** The list of all files of a run. */
export const MANIFEST_FILE = 'manifest.json';

/** What is signed over it and over the report: our own statement about the drill, and the standard one about a test. */
export const STATEMENT_FILES = { drill: 'manifest.dsse.json', test: 'test-result.dsse.json' } as const;

/** The file of a statement of somebody who has looked at the run; the first of them has the number 1. */
export function signOffFile(number: number): string {
  return `sign-off.${number}.dsse.json`;
}

/** The names of such files. */
export const SIGN_OFF_FILE = /^sign-off\.[1-9]\d*\.dsse\.json$/;

/** Every file of a run with its SHA-256, but for the manifest itself and what is signed over it. */
export const manifestSchema = z.strictObject({
  manifestVersion: z.literal(1),
  drill: z.string(),
  runId: z.string(),
  /** Which run of its drill it is, by the ledger. */
  number: z.int().nullable(),
  files: z.array(z.strictObject({ file: z.string(), sha256: z.string(), bytes: z.int() })),
});

type Manifest = z.output<typeof manifestSchema>;

/** The manifest of a folder, of what is there now. */
export function manifestText(folder: string, { drill, runId, record }: DrillReport): string {
  const files = filesIn(folder).map((file) => ({ file, ...digestOf(join(folder, file)) }));
  const manifest: Manifest = { manifestVersion: 1, drill, runId, number: record.number, files };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** The names of the files that a manifest lists, in order: neither hidden ones, nor the manifest, nor statements about it. */
export function filesIn(folder: string): string[] {
  return namesIn(folder)
    .filter((name) => !name.startsWith('.') && name !== MANIFEST_FILE && !name.endsWith('.dsse.json'))
    .toSorted();
}

function namesIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch {
    return []; // Nothing is there, or nothing that this run may read any more.
  }
}
