import { join } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import type { EndedEntry } from '../../store/ledger/line.ts';
import { MANIFEST_FILE, manifestSchema, SIGN_OFF_FILE, STATEMENT_FILES } from '../../store/manifest.ts';
import { HALF_WRITTEN } from '../../store/replace-file.ts';
import { LOCK_FILES } from '../../store/settle.ts';
import { FORMS_WITHOUT_VALUES, type Extent } from './extent.ts';
import { namesIn, sha256Of, textOf } from './read-file.ts';

/** A file in the folder of a run, and what is wrong with it. */
interface FileProblem {
  readonly file: string;
  readonly what: string;
}

const LEFT = '; if a command was killed, it was left by that: remove it';

/** What belongs to the folder of a run, beside what its manifest lists. */
const BESIDE: readonly string[] = [MANIFEST_FILE, ...Object.values(STATEMENT_FILES), ...LOCK_FILES];

/** Compares the files of a run with its manifest, which is known to be as it was. Whatever else lies there is named, too. */
export function verifyManifest(
  folder: string,
  { entry, files: which }: { readonly entry: EndedEntry; readonly files: Extent['files'] },
): FileProblem[] {
  let manifest: ReturnType<typeof manifestSchema.parse>;
  try {
    manifest = manifestSchema.parse(JSON.parse(textOf(join(folder, MANIFEST_FILE))));
  } catch {
    return [{ file: MANIFEST_FILE, what: 'it cannot be read as a manifest' }];
  }
  if (manifest.runId !== entry.run) return [{ file: MANIFEST_FILE, what: 'it is the manifest of another run' }];
  const listed = which === 'all' ? manifest.files : [];
  const known = new Set([
    ...listed.map(({ file }) => file),
    ...BESIDE,
    ...(which === 'all' ? [] : Object.values(FORMS_WITHOUT_VALUES)),
  ]);
  const others = namesIn(folder).filter((name) => !known.has(name) && !SIGN_OFF_FILE.test(name));
  return [
    ...listed.flatMap(({ file, sha256 }) => compared(folder, file, sha256)),
    ...others.map((file) => ({ file, what: `it is not in the manifest${HALF_WRITTEN.test(file) ? LEFT : ''}` })),
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
