import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, extract } from 'tar';
import { DrillError, messageOf } from '../../core/errors.ts';

/** Nothing in an archive was made at any time, so that the same files give the same bytes. */
const NO_TIME = new Date(0);

/** Files of a directory, in the order in which they are to be, and the folder of the archive that they come to lie in. */
interface Content {
  readonly directory: string;
  readonly files: readonly string[];
  readonly folder: string;
}

/** Writes an archive, its owner's alone: reports may hold restored data. */
export async function writeArchive(archive: string, { directory, files, folder }: Content): Promise<void> {
  await create(
    {
      file: archive,
      mode: 0o600,
      cwd: directory,
      prefix: folder,
      portable: true,
      mtime: NO_TIME,
      gzip: { level: 9 },
      noDirRecurse: true,
      strict: true,
    },
    [...files],
  );
}

/** A bundle that was unpacked, for as long as it is looked at. */
interface Unpacked {
  readonly directory: string;
  readonly remove: () => void;
}

/**
 * Unpacks an archive into a directory of its own (below `place`), which nobody else can look into. Files alone are taken,
 * without the one folder that they lie in. Throws `not-found` for what is no archive, or has a name that leads out.
 */
export async function unpackArchive(archive: string, place = tmpdir()): Promise<Unpacked> {
  const directory = mkdtempSync(join(place, 'pgdrill-bundle-'));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  try {
    await extract({
      file: archive,
      cwd: directory,
      strict: true,
      strip: 1,
      preserveOwner: false,
      noMtime: true,
      filter: (_, entry) => 'type' in entry && entry.type === 'File',
    });
    return { directory, remove };
  } catch (error) {
    remove();
    throw new DrillError('not-found', `${archive} cannot be read as a bundle: ${messageOf(error)}`, { cause: error });
  }
}
