import { join } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import { MANIFEST_FILE, manifestSchema, SIGN_OFF_FILE, STATEMENT_FILES } from '../../store/manifest.ts';
import { LOCK_FILES } from '../../store/settle.ts';
import { namesIn, sha256Of, textOf } from './read-file.ts';

/** A file in the folder of a run, and what is wrong with it. */
interface FileProblem {
  readonly file: string;
  readonly what: string;
}

/** Compares the files of a run with its manifest, which is known to be as it was. Whatever else lies there is named, too. */
export function verifyManifest(folder: string, run: { readonly run: string }): FileProblem[] {
  let manifest: ReturnType<typeof manifestSchema.parse>;
  try {
    manifest = manifestSchema.parse(JSON.parse(textOf(join(folder, MANIFEST_FILE))));
  } catch {
    return [{ file: MANIFEST_FILE, what: 'it cannot be read as a manifest' }];
  }
  if (manifest.runId !== run.run) return [{ file: MANIFEST_FILE, what: 'it is the manifest of another run' }];
  const listed = new Set(manifest.files.map(({ file }) => file));
  const known = new Set([...listed, MANIFEST_FILE, ...Object.values<string>(STATEMENT_FILES), ...LOCK_FILES]);
  const others = namesIn(folder).filter((name) => !known.has(name) && !SIGN_OFF_FILE.test(name));
  return [
    ...manifest.files.flatMap(({ file, sha256 }) => compared(folder, file, sha256)),
    ...others.map((file) => ({ file, what: 'it is not in the manifest' })),
  ];
}

function compared(folder: string, file: string, sha256: string): FileProblem[] {
  try {
    if (sha256Of(join(folder, file)) === sha256) return [];
    return [{ file, what: 'it was changed: its SHA-256 is not the one of the manifest' }];
  } catch (error) {
    return [{ file, what: messageOf(error) }];
  }
}
