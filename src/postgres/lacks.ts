import { DrillError } from '../core/errors.ts';

/** What the machine of the drill has not, though production has it, and what to do about it. */
export interface Lack {
  readonly what: string;
  readonly hint: string;
}

interface LackPattern {
  readonly text: RegExp;
  readonly what: (name: string) => string;
  readonly hint: string;
}

const LIBRARY_HINT =
  "install the extension's package for this major version of PostgreSQL where the drill runs (such as postgresql-15-postgis-3), or use an image that has it";
const PRELOAD_HINT =
  'name the library of the extension under sandbox.preload in the plan, and install it where the drill runs';
const LOCALE_HINT =
  'make it where the drill runs (Debian, Ubuntu: apt-get install locales, then localedef or dpkg-reconfigure locales), or use an image that has it';

/** What PostgreSQL (12 to 18) says when something of its machine is missing. Files of the cluster itself are none of it. */
const LACKS: readonly LackPattern[] = [
  {
    text: /could not (?:access file|load library|find function .* in file) "([^"]*?)(?:\.so)?"/,
    what: (name) => `the library "${name}" of an extension is not on the machine of the drill`,
    hint: LIBRARY_HINT,
  },
  {
    text: /incompatible library "([^"]*?)(?:\.so)?"/,
    what: (name) => `the library "${name}" on the machine of the drill is not for this version of PostgreSQL`,
    hint: LIBRARY_HINT,
  },
  {
    text: /could not open extension control file "[^"]*?([^"/]+)\.control"/,
    what: (name) => `the extension "${name}" is not on the machine of the drill`,
    hint: LIBRARY_HINT,
  },
  {
    text: /(\S+) must be loaded via "?shared_preload_libraries"?/,
    what: (name) => `${name} has to be preloaded, and the plan does not list it`,
    hint: PRELOAD_HINT,
  },
  {
    text: /resource manager with ID (\d+) not registered/,
    what: (id) => `an extension that is not loaded has written WAL of its own (resource manager ${id})`,
    hint: PRELOAD_HINT,
  },
  {
    text: /(?:could not create locale|could not open collator for locale|database was initialized with LC_\w+) "([^"]+)"/,
    what: (name) => `the locale "${name}" is not on the machine of the drill`,
    hint: LOCALE_HINT,
  },
  {
    text: /could not open (?:directory|file) "([^"]*)": No such file or directory.*This may indicate an incomplete PostgreSQL installation/,
    what: (name) => `PostgreSQL is not wholly installed on the machine of the drill: ${name} is missing`,
    hint: 'install the package of PostgreSQL again where the drill runs',
  },
];

/** What a message of PostgreSQL says is missing on its machine; null: it says no such thing. */
export function lackIn(message: string): Lack | null {
  for (const { text, what, hint } of LACKS) {
    const found = text.exec(message);
    if (found) return { what: what(found[1] ?? ''), hint };
  }
  return null;
}

/** Locales that databases were made with and the machine of the drill does not have. */
export function missingLocales(names: readonly string[]): Lack {
  const list = names.map((name) => `"${name}"`).join(', ');
  return {
    what: `databases of production have ${names.length === 1 ? 'the locale' : 'the locales'} ${list}, which the machine of the drill does not have`,
    hint: LOCALE_HINT,
  };
}

/** A run that this machine kept from an answer. */
export function environmentLacks({ what, hint }: Lack, cause?: unknown): DrillError {
  return new DrillError('environment-lacks', what, { hint, cause });
}
