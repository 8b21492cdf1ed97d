import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DrillError, errorCode, messageOf } from '../core/errors.ts';
import { parseIni, type IniEntry } from './ini.ts';
import { REPEATABLE } from './known-options.ts';
import { optionName } from './option-name.ts';

/** One option of a file; the key is its name of today, whatever it is called there. */
export interface ConfigEntry extends IniEntry {
  readonly typed: string;
  readonly file: string;
  readonly line: number;
}

/** The user's pgBackRest configuration as pgBackRest itself would read it. */
export interface UserConfig {
  readonly entries: readonly ConfigEntry[];
  /** The sections that have a header in the files; nothing may stand in one. */
  readonly sections: readonly string[];
  /** Options from PGBACKREST_* variables, by their name of today; they win over the files. */
  readonly environment: ReadonlyMap<string, string>;
  readonly files: readonly string[];
}

const DEFAULT_DIRECTORY = '/etc/pgbackrest';
const OLD_DEFAULT_FILE = '/etc/pgbackrest.conf';

/**
 * Finds and reads the configuration in pgBackRest's own order: `--config` alone when it is given; else
 * PGBACKREST_CONFIG, PGBACKREST_CONFIG_PATH and PGBACKREST_CONFIG_INCLUDE_PATH; else /etc/pgbackrest/pgbackrest.conf
 * with conf.d, or the old /etc/pgbackrest.conf. Options in PGBACKREST_* variables are read as well.
 */
export function readUserConfig(asked: string | null, env: NodeJS.ProcessEnv): UserConfig {
  const environment = optionsOf(env);
  const files = configFiles(asked, env);
  if (files.length === 0 && ![...environment.keys()].some((key) => /^repo\d*-/.test(key))) {
    throw new DrillError(
      'config-missing',
      `there is no pgBackRest configuration at ${join(DEFAULT_DIRECTORY, 'pgbackrest.conf')}`,
      {
        hint: 'name one with --config, or run the drill where pgBackRest is configured',
      },
    );
  }
  const read = files.map((file) => sectionsAndEntries(file, textOf(file)));
  return {
    entries: read.flatMap(({ entries }) => entries),
    sections: read.flatMap(({ sections }) => sections),
    environment,
    files,
  };
}

function configFiles(asked: string | null, env: NodeJS.ProcessEnv): string[] {
  if (asked !== null) return [asked];
  const directory = env['PGBACKREST_CONFIG_PATH'] ?? DEFAULT_DIRECTORY;
  const named = env['PGBACKREST_CONFIG'];
  const include = env['PGBACKREST_CONFIG_INCLUDE_PATH'] ?? (named === undefined ? join(directory, 'conf.d') : null);
  // The old default stands in for the new one only where no other directory is named.
  const defaults = [join(directory, 'pgbackrest.conf'), ...(directory === DEFAULT_DIRECTORY ? [OLD_DEFAULT_FILE] : [])];
  const main = named ?? defaults.find(exists);
  return [...(main === undefined ? [] : [main]), ...(include === null ? [] : includedFiles(include))];
}

function includedFiles(directory: string): string[] {
  if (!exists(directory)) return [];
  const names = readdirSync(directory).filter((name) => name.endsWith('.conf'));
  return names.toSorted().map((name) => join(directory, name));
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw whyUnreadable(file, error);
  }
}

function whyUnreadable(file: string, cause: unknown): DrillError {
  const code = errorCode(cause);
  if (code === 'ENOENT' || code === 'EISDIR') {
    const what = code === 'EISDIR' ? `${file} is a directory, no` : `there is no ${file}, which would be the`;
    const hint = 'name an existing file with --config, or leave --config out to use the one of this machine';
    return new DrillError('config-missing', `${what} pgBackRest configuration`, { hint, cause });
  }
  const why = code === 'EACCES' ? 'this user may not read it' : messageOf(cause);
  return new DrillError('config-not-readable', `the pgBackRest configuration ${file} cannot be read: ${why}`, {
    hint: 'run the drill as root, or as the user who may read it; it may hold secrets, so leave its mode as it is',
    cause,
  });
}

/** The options of the text of a file. Throws `config-invalid` for a line that pgBackRest would not read. */
export function entriesOf(file: string, text: string): ConfigEntry[] {
  return sectionsAndEntries(file, text).entries;
}

function sectionsAndEntries(file: string, text: string): { sections: string[]; entries: ConfigEntry[] } {
  const { sections, entries, problems } = parseIni(text);
  const [first] = problems;
  if (first) throw new DrillError('config-invalid', `${file}:${first.line}: not a section, a comment or key=value`);
  return {
    sections,
    entries: entries.map((entry) => ({ ...entry, key: optionName(entry.key).name, typed: entry.key, file })),
  };
}

function optionsOf(env: NodeJS.ProcessEnv): Map<string, string> {
  const options = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('PGBACKREST_') || value === undefined || value === '') continue;
    options.set(optionName(name.slice('PGBACKREST_'.length).toLowerCase().replaceAll('_', '-')).name, value);
  }
  return options;
}

/** A configuration with other entries, as if they stood in its first file in place of those of the same sections and keys. */
export function withAdded(config: UserConfig, added: readonly IniEntry[]): UserConfig {
  const [file = ''] = config.files;
  const isReplaced = ({ section, key }: IniEntry): boolean =>
    added.some((entry) => entry.section === section && entry.key === key);
  const entries = added.map((entry): ConfigEntry => ({ ...entry, typed: entry.key, file, line: 0 }));
  return { ...config, entries: [...config.entries.filter((entry) => !isReplaced(entry)), ...entries] };
}

/** The stanzas that the files configure: pgBackRest asks of a stanza only its name, so its section may be empty. */
export function stanzasOf(config: UserConfig): string[] {
  const names = config.sections.map((section) => section.split(':')[0] ?? '');
  return [...new Set(names)].filter((name) => name !== 'global' && name !== '');
}

/**
 * The options in force for a stanza, in pgBackRest's precedence: environment, `[stanza:command]`, `[stanza]`,
 * `[global:command]`, `[global]`. An option that may repeat keeps all its values.
 */
export function optionsFor(
  config: UserConfig,
  stanza: string,
  command: string,
): ReadonlyMap<string, readonly string[]> {
  const options = new Map<string, readonly string[]>();
  for (const section of ['global', `global:${command}`, stanza, `${stanza}:${command}`]) {
    const inSection = Map.groupBy(
      config.entries.filter((entry) => entry.section === section),
      ({ key }) => key,
    );
    for (const [key, entries] of inSection)
      options.set(
        key,
        entries.map(({ value }) => value),
      );
  }
  for (const [key, value] of config.environment)
    options.set(key, REPEATABLE.has(optionName(key).base) ? value.split(':') : [value]);
  return options;
}

/**
 * Where the servers of a stanza accept connections that are on the machine of the configuration. pg1-socket-path, pg1-port;
 * pgBackRest leaves the directory to libpq when none is named, and takes 5432 (2.45).
 */
export function productionServers(config: UserConfig, stanza: string): { host: string; port: number }[] {
  const options = optionsFor(config, stanza, 'backup');
  return [...options.keys()].flatMap((key) => {
    const index = /^(?:pg|db)(\d*)-path$/.exec(key)?.[1];
    if (index === undefined || options.has(`pg${index}-host`) || options.has(`db${index}-host`)) return [];
    const [host] = options.get(`pg${index}-socket-path`) ?? options.get(`db${index}-socket-path`) ?? [];
    const [port] = options.get(`pg${index}-port`) ?? options.get(`db${index}-port`) ?? [];
    return [{ host: host ?? '/var/run/postgresql', port: Number(port ?? 5432) }];
  });
}

/** Every path that a stanza of this configuration calls its data directory, on whatever host. */
export function productionPaths(config: UserConfig): { path: string; local: boolean }[] {
  return stanzasOf(config).flatMap((stanza) => {
    const options = optionsFor(config, stanza, 'restore');
    return [...options].flatMap(([key, values]) => {
      const index = /^pg(\d+)-path$/.exec(key)?.[1];
      const path = values[0];
      if (index === undefined || path === undefined) return [];
      return [{ path, local: !options.has(`pg${index}-host`) }];
    });
  });
}
