import { dirname, isAbsolute, join, relative } from 'node:path';
import type { Host } from '../host/host.ts';

/** One line of a postgresql.conf that sets something. */
interface ConfLine {
  readonly name: string;
  readonly value: string;
}

/** Reads `name = value` lines, with or without `=`, quotes and comments, as PostgreSQL does; the last of a name counts. */
export function parseConf(text: string): ConfLine[] {
  return text.split('\n').flatMap((line): ConfLine[] => {
    const match = /^\s*([A-Za-z_][\w.]*)\s*(?:=\s*|\s)\s*(?:'((?:[^'\\]|''|\\.)*)'|([^\s#']+))\s*(?:#.*)?$/.exec(line);
    if (!match?.[1]) return [];
    const quoted = match[2]?.replaceAll("''", "'").replace(/\\(.)/g, '$1');
    return [{ name: match[1].toLowerCase(), value: quoted ?? match[3] ?? '' }];
  });
}

/** The settings of a restored cluster, and whether its configuration was in the backup at all. */
export interface RestoredConf {
  readonly settings: ReadonlyMap<string, string>;
  readonly found: boolean;
}

/**
 * The settings that the restored data directory brings along: postgresql.conf with what it includes from within the data
 * directory, and postgresql.auto.conf over it. Debian keeps postgresql.conf in /etc, so it may not be in the backup.
 */
export function readRestoredConf(host: Host, dataDirectory: string): Promise<RestoredConf> {
  return readConf(host, join(dataDirectory, 'postgresql.conf'), dataDirectory);
}

/** The settings of a configuration file, wherever it lies, with what it includes from its own directory; over it those of ALTER SYSTEM. */
export async function readConf(host: Host, file: string, dataDirectory: string): Promise<RestoredConf> {
  const settings = new Map<string, string>();
  const take = async (path: string, depth: number): Promise<boolean> => {
    const text = await host.readFile(path);
    if (text === null) return false;
    for (const { name, value } of parseConf(text)) {
      if (name === 'include' || name === 'include_if_exists' || name === 'include_dir') {
        const target = isAbsolute(value) ? value : join(dirname(path), value);
        // What is outside of the data directory is not in the backup.
        if (relative(dirname(file), target).startsWith('..') || depth > 10) continue;
        if (name === 'include_dir') await takeDirectory(target, depth);
        else await take(target, depth + 1);
      } else settings.set(name, value);
    }
    return true;
  };
  const takeDirectory = async (path: string, depth: number): Promise<void> => {
    const names = (await host.list(path)) ?? [];
    for (const name of names.filter((item) => item.endsWith('.conf') && !item.startsWith('.')).toSorted()) {
      await take(join(path, name), depth + 1);
    }
  };
  const found = await take(file, 0);
  await take(join(dataDirectory, 'postgresql.auto.conf'), 0);
  return { settings, found };
}

/** A value as PostgreSQL's configuration files quote it. */
export function quoteConf(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
