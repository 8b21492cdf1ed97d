import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a file, its owner's alone: it is there whole, or as it was. */
export function replaceFile(folder: string, name: string, content: string): void {
  const file = join(folder, `.${name}.new`);
  writeFileSync(file, content, { mode: 0o600, flush: true });
  renameSync(file, join(folder, name));
}
