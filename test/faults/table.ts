import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TrialRow } from '../trials/row.ts';
import { TRIALS } from '../trials/table.ts';
import type { Fault, FaultArea, FaultOwner } from './fault.ts';
import { PLACED_TRIALS } from './placed-trials.ts';

/** A row of rows/: what is not said of it holds for most. */
export type FaultRow = Omit<Fault, 'area' | 'code' | 'says' | 'long' | 'why'> &
  Partial<Pick<Fault, 'code' | 'says' | 'long' | 'why'>>;

/** The rows that are no trials. Each is run by a test in test/faults/ that names its id. */
export const FAULT_ROWS: readonly Fault[] = (await Promise.all(readdirSync(rowsFolder()).map(rowsOf))).flat();

/** The fault matrix: those rows, and each trial that is about how one drill ends. `docs/faults.md` is made from it. */
export const FAULTS: readonly Fault[] = [...TRIALS.flatMap(placed), ...FAULT_ROWS];

function rowsFolder(): string {
  return join(import.meta.dirname, 'rows');
}

/** The area is the name of the file. */
async function rowsOf(file: string): Promise<Fault[]> {
  const exported: Record<string, readonly FaultRow[]> = await import(join(rowsFolder(), file));
  const area = file.replace(/\.ts$/, '') as FaultArea;
  return Object.values(exported)
    .flat()
    .map((row) => ({ code: null, says: null, long: false, why: null, ...row, area }));
}

function placed(row: TrialRow): Fault[] {
  const place = placeOf(row.id);
  if (row.ending === null || place === null) return [];
  return [{ ...row, ...place, ending: row.ending, long: false, why: null }];
}

function placeOf(id: string): Pick<Fault, 'area' | 'of'> | null {
  for (const [area, owners] of Object.entries(PLACED_TRIALS))
    for (const [of, ids] of Object.entries(owners))
      if (ids.split(' ').includes(id)) return { area: area as FaultArea, of: of as FaultOwner };
  return null;
}
