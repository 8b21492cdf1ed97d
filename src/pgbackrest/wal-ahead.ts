import { readFileSync } from 'node:fs';
import { ownFile } from '../core/own-files.ts';

/** How much WAL is fetched ahead at most. pgBackRest takes two segments at least, however large they are (2.45 to 2.60). */
const QUEUE_BYTES = 512 * 1024 ** 2;

/** So many segments at once: most of the time of each is spent waiting for the repository. */
const PROCESSES = 4;

/** What fetches ahead where pgBackRest alone does it, which tries again what it could not fetch. */
export const ARCHIVE_GET_AHEAD = [
  ['archive-async', 'y'],
  ['archive-get-queue-max', '512MiB'],
  ['process-max', String(PROCESSES)],
] as const;

/**
 * The options of `archive-get` that make pgBackRest fetch WAL ahead of the replay; more processes that are configured stay.
 * `job-retry=0`: what cannot be fetched ahead is asked for by itself, at once, and not tried again 15 s later.
 */
export function aheadOptions(configured: ReadonlyMap<string, readonly string[]>): [name: string, value: string][] {
  return [
    ['archive-async', 'y'],
    ['archive-get-queue-max', String(QUEUE_BYTES)],
    ['process-max', String(Math.max(PROCESSES, Number(configured.get('process-max')?.[0] ?? 0)))],
    ['job-retry', '0'],
  ];
}

/** What pgBackRest has where a configuration says nothing (2.45 to 2.60). */
const DEFAULTS: Readonly<Record<string, string>> = {
  'archive-async': 'n',
  'archive-get-queue-max': '128MiB',
  'process-max': '1',
  'job-retry': '1',
};

/** The same options beside those of a configuration: what a recovery by that configuration would have. */
export function aheadBesideConfigured(
  configured: ReadonlyMap<string, readonly string[]>,
): { readonly name: string; readonly configured: string; readonly ahead: string }[] {
  return aheadOptions(configured).map(([name, ahead]) => ({
    name,
    configured: configured.get(name)?.[0] ?? DEFAULTS[name] ?? '',
    ahead,
  }));
}

/** The room that WAL takes which is fetched ahead, in bytes. */
export function aheadBytes(segments: number, segmentBytes: number): number {
  return Math.min(segments, Math.max(2, Math.floor(QUEUE_BYTES / segmentBytes))) * segmentBytes;
}

/** The script that asks for a file which is fetched ahead, and by itself where that is not there. */
export function aheadScript(): string {
  return readFileSync(ownFile('pgbackrest/wal-ahead.sh'), 'utf8');
}

/** Lines of a shell that make pgBackRest fetch ahead, with its queue and its lock below `directory`, whatever its configuration says. */
export function aheadVariables(directory: string): string[] {
  const options = [
    ...aheadOptions(new Map()),
    ['spool-path', `${directory}/spool`],
    ['lock-path', `${directory}/lock`],
  ];
  return options.map(
    ([name = '', value = '']) => `export PGBACKREST_${name.toUpperCase().replaceAll('-', '_')}="${value}"`,
  );
}
