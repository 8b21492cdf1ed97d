import { constants, type Stats } from 'node:fs';
import { chown, copyFile, mkdir, readdir, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { formatBytes } from '../core/bytes.ts';
import type { DrillReport } from '../report/report.ts';
import { formatLsn } from '../postgres/lsn.ts';
import { overriding, type TestGround } from './ground.ts';
import type { Place } from '../trial-run/place.ts';
import { wayOf } from './way.ts';

/** A repository on a disk of this machine, which is only read. */
interface SourceRepository {
  readonly key: number;
  readonly path: string;
}

/**
 * Copies what a drill of a repository reads: the set that the healthy one was restored from, those that it builds on, and the
 * archive from the beginning of the set on. Whole files of its own, never a link: what is done to a link is done to the
 * repository. Gives why it cannot, in words.
 */
export async function copyGround(
  original: TestGround,
  { key, path }: SourceRepository,
  control: DrillReport,
  place: Place,
  signal: AbortSignal,
): Promise<TestGround | string> {
  const root = join(place.root, 'copy');
  const needed = await neededFiles(path, control);
  if (needed === null) return 'the healthy copy does not say what it was restored from';
  const bytes = needed.reduce((sum, { about }) => sum + about.size, 0);
  const room = await statfs(place.root);
  // The copy of the cluster needs its room beside it.
  const free = room.bavail * room.bsize - 2 * (control.restore?.bytesTotal ?? 0);
  if (bytes > free) return `${formatBytes(bytes)} of the repository would have to be copied, and there is no room`;
  const owner = await stat(path);
  for (const { file, about } of needed) {
    signal.throwIfAborted();
    const to = join(root, relative(path, file));
    await makeDirectories(dirname(to), place.root, owner);
    await copyFile(file, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    if (process.getuid?.() === 0) await chown(to, about.uid, about.gid);
  }
  const label = control.source.backup?.label ?? '';
  return {
    ...original,
    kind: 'copy',
    overrides: [
      ...original.overrides,
      ...overriding({ 'source.repo': key, 'source.backup': label, ...targetIn(control) }),
    ],
    env: { ...original.env, [`PGBACKREST_REPO${key}_PATH`]: root },
    repository: root,
  };
}

/**
 * Production goes on archiving, and a machine with production on it says so: the end of the copy is not the end of the archive. So
 * what was recovered to the end is recovered to the beginning of its last segment there. The checks of the plan ask for the end, and
 * what is damaged there has to be seen without them.
 */
function targetIn(control: DrillReport): Readonly<Record<string, unknown>> {
  const way = wayOf(control);
  if (!control.rpo.applies || way === null || way.last <= way.stop) return {};
  return { target: { lsn: formatLsn(way.last * BigInt(way.segmentBytes)) }, checks: [] };
}

interface NeededFile {
  readonly file: string;
  readonly about: Stats;
}

async function neededFiles(repository: string, { source }: DrillReport): Promise<NeededFile[] | null> {
  const { stanza, backup, archive } = source;
  const first = backup?.walStart ?? archive?.min ?? null;
  if (backup === null || archive === null || first === null) return null;
  const sets = join(repository, 'backup', stanza);
  const wal = join(repository, 'archive', stanza);
  const files = [
    ...(await infoFiles(sets)),
    ...(await infoFiles(wal)),
    ...(await Promise.all([backup.label, ...backup.reference].map((label) => filesBelow(join(sets, label))))).flat(),
    ...(await filesBelow(join(wal, archive.id))).filter((file) => isFrom(basename(file), first)),
  ];
  return Promise.all([...new Set(files)].map(async (file) => ({ file, about: await stat(file) })));
}

async function infoFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => join(directory, name));
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** Segments from the first that is needed on, of whichever timeline; and what is no segment, such as a history. */
function isFrom(name: string, first: string): boolean {
  return !/^[0-9A-F]{24}/.test(name) || name.slice(8, 24) >= first.slice(8, 24);
}

async function makeDirectories(directory: string, until: string, owner: Stats): Promise<void> {
  if (directory === until) return;
  await makeDirectories(dirname(directory), until, owner);
  const made = await mkdir(directory, { mode: 0o750 }).then(
    () => true,
    () => false,
  );
  if (made && process.getuid?.() === 0) await chown(directory, owner.uid, owner.gid);
}
