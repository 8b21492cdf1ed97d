import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What {@link replaceFile} leaves where its process is killed in the middle. */
export const HALF_WRITTEN = /^\..+\.new$/;

/** Writes a file, its owner's alone: it is there whole, or as it was. */
export function replaceFile(folder: string, name: string, content: string | Uint8Array): void {
  const file = join(folder, `.${name}.new`);
  // What lies there was left by somebody who was killed, or is a link that leads elsewhere.
  rmSync(file, { force: true });
  try {
    writeFileSync(file, content, { mode: 0o600, flush: true, flag: 'wx' });
    renameSync(file, join(folder, name));
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}
