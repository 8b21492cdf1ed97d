import { existsSync } from 'node:fs';
import { DrillError } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';
import { COMMANDS, KNOWN_OPTIONS, OWN_VALUES, PATHS, REPEATABLE, SWITCHES } from './known-options.ts';
import { optionName } from './option-name.ts';
import type { ConfigEntry, UserConfig } from './user-config.ts';

/** The sections that a drill of a stanza reads, as pgBackRest's own restore and archive-get would. */
const readBy = (stanza: string): ReadonlySet<string> =>
  new Set(['global', stanza].flatMap((name) => [name, `${name}:restore`, `${name}:archive-get`]));

/**
 * Throws `config-invalid`, with file and line, for what pgBackRest would refuse in the sections that a drill of the stanza
 * reads (exit statuses 31 and 32, 2.45 to 2.60), and for a comment behind a value, which it takes for a part of the value.
 */
export function refuseInvalid(config: UserConfig, stanza: string): void {
  const sections = readBy(stanza);
  const seen = new Map<string, ConfigEntry>();
  for (const entry of config.entries.filter(({ section }) => sections.has(section))) {
    const found = problemOf(entry) ?? duplicateOf(entry, seen);
    if (found === null) continue;
    throw new DrillError('config-invalid', `${entry.file}:${entry.line}: ${entry.typed} ${found.what}`, {
      hint: found.hint,
    });
  }
}

interface Problem {
  readonly what: string;
  readonly hint: string;
}

const problem = (what: string, hint: string): Problem => ({ what, hint });

/** Whether pgBackRest's restore or archive-get looks at an option where it stands; what they do not take they pass over (2.45). */
function isLookedAt({ typed, section }: ConfigEntry): boolean {
  const { base, use } = optionName(typed);
  const [name, command] = section.split(':');
  switch (use) {
    case 'read':
      return command !== 'restore' || !base.startsWith('archive-');
    case 'restore':
      return command !== 'archive-get';
    case 'own':
      return !NEWER_THAN_2_45.has(base);
    case 'production':
      return base === 'pgN-path' && name !== 'global';
    case 'write':
    case 'command-line':
    case null:
      return false;
  }
}

/** No reader of 2.45 looks at these. */
const NEWER_THAN_2_45 = new Set(['allow-root', 'priority']);

function problemOf(entry: ConfigEntry): Problem | null {
  const { typed, value } = entry;
  const { base, use, refused } = optionName(typed);
  if (refused !== null)
    return problem(`is refused by pgBackRest: ${refused}`, 'write the option as pgBackRest names it');
  if (!isLookedAt(entry)) return null;
  if (value === '') return problem('has no value', 'give it one, or take the line out');
  // A path or a bucket may have a # in it, and a passphrase a space before it; both together are a comment elsewhere.
  if (use === 'read' && /\s#/.test(value) && !isSecretOption(base) && !existsSync(value)) {
    return problem(
      'has a comment behind its value',
      'pgBackRest takes the comment for a part of the value: put it on a line of its own',
    );
  }
  if (SWITCHES.has(base) && value !== 'y' && value !== 'n') return problem('is neither y nor n', 'write y or n');
  if (PATHS.has(base) && !value.startsWith('/')) return problem('is no absolute path', 'begin it with /');
  const [valid, what] = OWN_VALUES[base] ?? [];
  if (valid?.test(value) === false) return problem(`is not ${what}`, `pgBackRest refuses it: write ${what}`);
  return null;
}

function duplicateOf(entry: ConfigEntry, seen: Map<string, ConfigEntry>): Problem | null {
  const { base } = optionName(entry.typed);
  const place = `${entry.section} ${entry.key}`;
  const first = seen.get(place);
  seen.set(place, first ?? entry);
  if (!first || !isLookedAt(entry) || (REPEATABLE.has(base) && first.typed === entry.typed)) return null;
  const name = first.typed === entry.typed ? '' : ` as ${first.typed}`;
  return {
    what: `stands in [${entry.section}] already${name}, at ${first.file}:${first.line}`,
    hint: 'pgBackRest refuses an option that is given twice: keep the right one',
  };
}

const SECRETS =
  /(cipher-pass|s3-key|s3-key-secret|s3-token|s3-sse-customer-key|azure-key|passphrase|password|secret|token)$/;

/** Whether the value of an option is a secret, told from its name of today; one that is not known may well be. */
export function isSecretOption(name: string): boolean {
  return SECRETS.test(name) || (/pass|secret|token|key/.test(name) && optionName(name).use === null);
}

/** Something in the configuration that pgdrill does not understand. */
interface Unknown {
  /** Such as `pgbackrest.conf:3: repo1-pth`. No value: it may be a secret. */
  readonly what: string;
  readonly hint: string;
}

/**
 * Every option and section that bears on a stanza and is not understood. pgBackRest passes over them with a warning at
 * most; one of a repository is handed on to it nevertheless, since a newer version may know it.
 */
export function unknownOptions(config: UserConfig, stanza: string): Unknown[] {
  const ofStanza = config.entries.filter(({ section }) => ['global', stanza].includes(section.split(':')[0] ?? ''));
  const inFiles = ofStanza.flatMap(({ typed, section, file, line }) => {
    const command = section.split(':')[1] ?? null;
    if (command !== null && !COMMANDS.has(command)) {
      const hint = `pgBackRest has no command ${command}, so nothing reads this section${didYouMean(command, COMMANDS)}`;
      return [{ what: `${file}:${line}: ${typed} in the section [${section}]`, hint }];
    }
    const { use, refused } = optionName(typed);
    if (use === 'command-line') {
      return [{ what: `${file}:${line}: ${typed}`, hint: 'pgBackRest takes it on its command line alone, not here' }];
    }
    return use === null && refused === null ? [{ what: `${file}:${line}: ${typed}`, hint: hintFor(typed) }] : [];
  });
  const inEnvironment = [...config.environment.keys()].flatMap((name) =>
    optionName(name).use === null
      ? [{ what: `PGBACKREST_${name.toUpperCase().replaceAll('-', '_')} in the environment`, hint: hintFor(name) }]
      : [],
  );
  return [...inFiles, ...inEnvironment];
}

function hintFor(typed: string): string {
  const index = /^[a-z]+(\d+)-/.exec(typed)?.[1] ?? '1';
  const names = [...KNOWN_OPTIONS.keys()].map((name) => name.replace('N-', `${index}-`));
  const handedOn = /^repo\d+-/.test(typed) ? 'it was handed on to pgBackRest as it is' : 'the drill went on without it';
  return `no option of pgBackRest 2.45 to 2.60; ${handedOn}${didYouMean(typed, names)}`;
}
