import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { normalize } from 'node:path/posix';
import { create, extract } from 'tar';
import { DrillError, messageOf } from '../../core/errors.ts';
import { problemWith, type Problem } from '../verify/problem.ts';

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
  /** What is in the archive and in no bundle: another program may unpack that, or show it. */
  readonly problems: readonly Problem[];
  readonly remove: () => void;
}

/**
 * Unpacks an archive into a directory of its own (below `place`), which nobody else can look into. Files alone are taken,
 * without the one folder that they lie in; whatever else is in the archive is named. Throws `not-found` for what is no archive, or
 * has a name that leads out.
 */
export async function unpackArchive(archive: string, place = tmpdir()): Promise<Unpacked> {
  const directory = mkdtempSync(join(place, 'pgdrill-bundle-'));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  const entries = new Entries();
  try {
    await extract({
      file: archive,
      cwd: directory,
      strict: true,
      strip: 1,
      preserveOwner: false,
      noMtime: true,
      filter: (path, entry) => 'type' in entry && entries.take(path, entry.type),
    });
    return { directory, problems: entries.problems, remove };
  } catch (error) {
    remove();
    throw new DrillError('not-found', `${archive} cannot be read as a bundle: ${messageOf(error)}`, { cause: error });
  }
}

/** What an archive holds. A bundle is one folder of plain files, each there once: all programs unpack that to the same. */
class Entries {
  readonly problems: Problem[] = [];
  readonly #seen = new Set<string>();
  #folder: string | null = null;

  /** Whether an entry is a file of the bundle. */
  take(path: string, type: string): boolean {
    const name = normalize(path).replace(/\/$/, '');
    const [folder = '', ...below] = name.split('/');
    this.#folder ??= folder;
    if (type === 'Directory' && folder === this.#folder) return false;
    const problem = this.#problem({ name, type, isBeside: folder !== this.#folder || below.length === 0 });
    this.#seen.add(name);
    if (problem !== null) this.problems.push(problemWith(name, problem));
    return problem === null;
  }

  #problem({ name, type, isBeside }: { readonly name: string; readonly type: string; readonly isBeside: boolean }) {
    if (isBeside) return 'it lies beside the folder of the bundle in the archive';
    if (type !== 'File') return `it is no file in the archive, but of the type ${type}`;
    return this.#seen.has(name) ? 'it is in the archive more than once' : null;
  }
}
