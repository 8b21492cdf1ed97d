import { existsSync, lstatSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeWithParents } from '../core/directories.ts';
import { DrillError, messageOf } from '../core/errors.ts';
import { MARKER, type SiteFile } from './page.ts';

/** What a build did. */
export interface SiteWritten {
  readonly pages: number;
  readonly written: number;
  readonly removed: number;
}

/**
 * Writes pages below a directory; what is there already with the same bytes stays as it is. Pages of an earlier build that
 * are no longer made are removed. Throws `plan-invalid` for a file in the way that is no page of a site: it is somebody else's.
 */
export function writeSite(directory: string, files: Iterable<SiteFile>): SiteWritten {
  const made = new Set<string>();
  let written = 0;
  for (const { path, text } of files) {
    made.add(path);
    if (writeIfChanged(join(directory, path), text)) written += 1;
  }
  return { pages: made.size, written, removed: removeOthers(directory, made) };
}

function writeIfChanged(path: string, text: string): boolean {
  const before = existsSync(path) ? readFileSync(path, 'utf8') : null;
  if (before === text) return false;
  if (before !== null && !before.includes(MARKER)) {
    throw new DrillError('plan-invalid', `${path} is in the way: it is no page of a site of drills`, {
      hint: 'name an empty directory with --output',
    });
  }
  const beside = `${path}.${process.pid}.tmp`;
  try {
    makeWithParents(dirname(path), 0o777);
    writeFileSync(beside, text);
    renameSync(beside, path);
  } catch (error) {
    if (existsSync(beside)) rmSync(beside);
    throw new DrillError('reports-not-writable', `the site cannot be written: ${messageOf(error)}`, {
      hint: 'name a directory that you may write to with --output',
      cause: error,
    });
  }
  return true;
}

/** Pages lie in the directory itself and one in a folder for each drill. */
function removeOthers(directory: string, made: ReadonlySet<string>): number {
  const folders = namesIn(join(directory, 'drills')).map((name) => `drills/${name}`);
  const pages = ['', ...folders].flatMap((folder) =>
    namesIn(join(directory, folder))
      .filter((name) => name.endsWith('.html'))
      .map((name) => (folder === '' ? name : `${folder}/${name}`)),
  );
  const old = pages.filter((page) => !made.has(page) && isPage(join(directory, page)));
  for (const page of old) rmSync(join(directory, page));
  return old.length;
}

function namesIn(directory: string): string[] {
  return lstatSync(directory, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(directory) : [];
}

function isPage(path: string): boolean {
  return lstatSync(path).isFile() && readFileSync(path, 'utf8').includes(MARKER);
}
