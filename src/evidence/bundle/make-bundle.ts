import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeWithParents } from '../../core/directories.ts';
import { DrillError, errorCode, messageOf } from '../../core/errors.ts';
import { writeArchive } from './archive.ts';
import { periodText } from './period.ts';
import { stageBundle, type BundleRequest, type StagedBundle } from './stage.ts';

/** The name of a bundle, which is that of the folder in it, too: `evidence-2026-01-01-to-2026-03-31-orders`. */
export function bundleName({ period, drill }: Pick<BundleRequest, 'period' | 'drill'>): string {
  const span = periodText(period).replaceAll(' ', '-').replaceAll(':', '');
  return `evidence-${span}${drill === null ? '' : `-${drill}`}`;
}

/**
 * Makes a bundle: an archive that is there whole or not at all. The same record gives the same bytes. Throws
 * `reports-not-writable` where it cannot be written.
 */
export async function makeBundle(request: BundleRequest, archive: string): Promise<StagedBundle> {
  let work: string | null = null;
  try {
    makeWithParents(dirname(archive), 0o777);
    // Beside the archive, where there is room for it, and from where it can be put in its place.
    work = mkdtempSync(join(dirname(archive), '.pgdrill-bundle-'));
    const staged = await stageBundle(request, work);
    const whole = join(work, 'bundle');
    await writeArchive(whole, { directory: work, files: staged.files, folder: bundleName(request) });
    renameSync(whole, archive);
    return staged;
  } catch (error) {
    if (error instanceof DrillError || errorCode(error) === null) throw error;
    throw new DrillError('reports-not-writable', `the bundle cannot be made: ${messageOf(error)}`, { cause: error });
  } finally {
    if (work !== null) rmSync(work, { recursive: true, force: true });
  }
}
