import { writeFileSync } from 'node:fs';
import { DrillError, messageOf } from '../core/errors.ts';

/** Writes a text that may show restored data, so it is its owner's alone. Throws `not-found` where that cannot be. */
export function writeTextFile(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600 });
  } catch (error) {
    throw new DrillError('not-found', `${file} cannot be written: ${messageOf(error)}`, { cause: error });
  }
}
