import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TrialRow } from './row.ts';

/** The sections of the trials, in the order of the document. */
export const TRIAL_SECTIONS: Readonly<Record<string, string>> = {
  A: 'The copy tries to reach this machine',
  B: 'A drill that must not pass, or not without a word',
  C: 'A backup that would serve must not be called bad',
  D: 'The words and the code have to be true',
  E: 'What a reader has to be told',
  F: 'Size and load',
  G: 'Servers that are odd, broken or hostile',
  H: 'How a report looks',
  I: 'What a person types',
};

/**
 * All trials: what the files in rows/ export. Each row is run by a test in test/trials/ that names its id; `docs/trials.md`
 * is made from this table.
 */
export const TRIALS: readonly TrialRow[] = (await Promise.all(readdirSync(rowsFolder()).toSorted().map(rowsOf)))
  .flat()
  .toSorted(byId);

function rowsFolder(): string {
  return join(import.meta.dirname, 'rows');
}

async function rowsOf(file: string): Promise<TrialRow[]> {
  const exported: Record<string, readonly TrialRow[]> = await import(join(rowsFolder(), file));
  return Object.values(exported).flat();
}

function byId(a: TrialRow, b: TrialRow): number {
  const [letterA, numberA, variantA] = parts(a.id);
  const [letterB, numberB, variantB] = parts(b.id);
  return letterA.localeCompare(letterB) || numberA - numberB || variantA.localeCompare(variantB);
}

function parts(id: string): [string, number, string] {
  const [, letter = '', number = '0', variant = ''] = /^([A-Z])(\d+)([a-z]?)$/.exec(id) ?? [];
  return [letter, Number(number), variant];
}
