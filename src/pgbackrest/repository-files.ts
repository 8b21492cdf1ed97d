import { z } from 'zod';
import type { BackupSet } from './info.ts';
import type { PgBackRest } from './pgbackrest.ts';
import { understood } from './understood.ts';

/** The hint for files that something else than pgBackRest removed: it does not know what depends on them. */
export const WHO_REMOVED_IT =
  'pgBackRest removes no such file alone: look for a lifecycle rule of the bucket, a clean-up job or a sync that deletes; then take a new full backup';

const listingSchema = z.record(z.string(), z.unknown());

/** The names in a directory of a repository; one that does not exist has none (exit 0 in 2.45 to 2.60). */
async function namesIn(pgbackrest: PgBackRest, repo: number, path: string, signal: AbortSignal): Promise<Set<string>> {
  const listed = await pgbackrest.readJson('repo-ls', [`--repo=${repo}`], [path], { signal });
  return new Set(Object.keys(understood('repo-ls', listingSchema, listed)).filter((name) => name !== '.'));
}

/** What is left of a stanza in a repository of which `info` says that the stanza or its data is missing. */
export interface StanzaRemains {
  /** backup.info and archive.info, with their paths, where neither the file nor its copy is there. */
  readonly lost: readonly string[];
  /** Backup sets that lie in the repository. */
  readonly sets: readonly string[];
  /** Whether anything at all is left of the stanza. */
  readonly isAnything: boolean;
}

/** Looks for the files that lead pgBackRest through a repository, and for what they would lead to. */
export async function stanzaRemains(pgbackrest: PgBackRest, repo: number, signal: AbortSignal): Promise<StanzaRemains> {
  const backup = `backup/${pgbackrest.stanza}`;
  const archive = `archive/${pgbackrest.stanza}`;
  const [ofBackup, ofArchive] = [
    await namesIn(pgbackrest, repo, backup, signal),
    await namesIn(pgbackrest, repo, archive, signal),
  ];
  return {
    lost: [
      ...(isLost(ofBackup, 'backup.info') ? [`${backup}/backup.info`] : []),
      ...(isLost(ofArchive, 'archive.info') ? [`${archive}/archive.info`] : []),
    ],
    sets: [...ofBackup].filter((name) => /^\d{8}-\d{6}F/.test(name)),
    isAnything: ofBackup.size + ofArchive.size > 0,
  };
}

/** The files that lead pgBackRest through a repository, without their copies. */
const infoFiles = (stanza: string): string[] => [`backup/${stanza}/backup.info`, `archive/${stanza}/archive.info`];

/**
 * Whether any file that leads through a repository opens: then passphrase and kind of cipher are right, and what does not
 * open is damaged.
 */
export async function opensAnywhere(pgbackrest: PgBackRest, repo: number, signal: AbortSignal): Promise<boolean> {
  const paths = infoFiles(pgbackrest.stanza).flatMap((path) => [path, `${path}.copy`]);
  const texts = await Promise.all(
    paths.map((path) => pgbackrest.read('repo-get', [`--repo=${repo}`], [path], { signal }).catch(() => '')),
  );
  return texts.some((text) => text.startsWith('[') && text.includes('backrest-format='));
}

function isLost(names: ReadonlySet<string>, file: string): boolean {
  return !names.has(file) && !names.has(`${file}.copy`);
}

/** The backup sets that backup.info lists although they, or a set that they build on, are not in the repository. */
export async function setsNotThere(
  pgbackrest: PgBackRest,
  repo: number,
  sets: readonly BackupSet[],
  signal: AbortSignal,
): Promise<{ readonly set: BackupSet; readonly missing: string }[]> {
  const present = await namesIn(pgbackrest, repo, `backup/${pgbackrest.stanza}`, signal);
  return sets.flatMap((set) => {
    const missing = [set.label, ...set.reference].find((label) => !present.has(label));
    return missing === undefined ? [] : [{ set, missing }];
  });
}

/** What of a backup set, and of those that it builds on, is listed in backup.info but not in the repository. */
export async function missingOfSet(pgbackrest: PgBackRest, backup: BackupSet, signal: AbortSignal): Promise<string[]> {
  const path = `backup/${pgbackrest.stanza}`;
  const [present, files] = await Promise.all([
    namesIn(pgbackrest, backup.repo, path, signal),
    namesIn(pgbackrest, backup.repo, `${path}/${backup.label}`, signal),
  ]);
  const missing = [backup.label, ...backup.reference].filter((label) => !present.has(label));
  if (missing.length > 0) return [...new Set(missing)].map((label) => `${path}/${label}`);
  // Where the manifest is gone pgBackRest restores with its copy (2.45).
  return !isLost(files, 'backup.manifest') ? [] : [`${path}/${backup.label}/backup.manifest`];
}
