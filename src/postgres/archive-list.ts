/** One line of what is in a dump, as `pg_restore --list` prints it. */
export interface ArchiveEntry {
  /** The whole line, as `--use-list` takes it back. */
  readonly line: string;
  /** The catalog that the object stands in, and its number there; `0` of what is no object, such as the rows of a table. */
  readonly catalog: string;
  readonly oid: string;
  /** What it is: `TABLE`, `FK CONSTRAINT`. */
  readonly tag: string;
  /** Schema (`-`: none), name and owner (empty: none) behind that, with a space between them. */
  readonly about: string;
}

/** The names of kinds that are more than one word (pg_dump 12 to 18); the others are one. */
const LONG_TAGS = [
  'ACCESS METHOD',
  'CHECK CONSTRAINT',
  'DATABASE PROPERTIES',
  'DEFAULT ACL',
  'EVENT TRIGGER',
  'FK CONSTRAINT',
  'FOREIGN DATA WRAPPER',
  'FOREIGN SERVER',
  'FOREIGN TABLE',
  'INDEX ATTACH',
  'LARGE OBJECT',
  'MATERIALIZED VIEW DATA',
  'MATERIALIZED VIEW',
  'OPERATOR CLASS',
  'OPERATOR FAMILY',
  'PROCEDURAL LANGUAGE',
  'PUBLICATION TABLE',
  'ROW SECURITY',
  'SECURITY LABEL',
  'SEQUENCE OWNED BY',
  'SEQUENCE SET',
  'SHELL TYPE',
  'STATISTICS DATA',
  'TABLE ATTACH',
  'TABLE DATA',
  'TEXT SEARCH CONFIGURATION',
  'TEXT SEARCH DICTIONARY',
  'TEXT SEARCH PARSER',
  'TEXT SEARCH TEMPLATE',
  'USER MAPPING',
];

const ENTRY = /^\d+; (\d+) (\d+) (.+)$/;

/** What `pg_restore --list` says is in a dump; comments are left out. */
export function readArchiveList(text: string): ArchiveEntry[] {
  return text.split('\n').flatMap((line) => {
    const [, catalog, oid, rest] = ENTRY.exec(line) ?? [];
    if (catalog === undefined || oid === undefined || rest === undefined) return [];
    const tag = LONG_TAGS.find((long) => rest.startsWith(`${long} `)) ?? rest.split(' ', 1)[0] ?? '';
    return [{ line, catalog, oid, tag, about: rest.slice(tag.length + 1) }];
  });
}

/**
 * A script of pg_restore for any client, whose own limits of time hold: without the two commands of psql that newer versions put around it
 * (15.14 and 17.6: `\restrict`), and without the settings that lift such limits. Both stand before and behind all that was dumped.
 */
export function forAnyClient(script: string): string {
  const lines = script.split('\n');
  const begin = lines.findIndex((line) => !HEADER.test(line));
  const end = lines.findLastIndex((line) => !FOOTER.test(line)) + 1;
  const header = lines.slice(0, Math.max(begin, 0)).filter((line) => !TAKEN_AWAY.test(line));
  return [...header, ...lines.slice(Math.max(begin, 0), end)].join('\n');
}

const HEADER = /^(?:|--.*|\\restrict .*|SET .*;|SELECT pg_catalog\.set_config\(.*)$/;
const FOOTER = /^(?:|--.*|\\unrestrict .*)$/;
const TAKEN_AWAY = /^(?:\\restrict .*|SET \w+_timeout = 0;)$/;
