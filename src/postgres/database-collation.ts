import { nameAt, shortText, type HeapRow } from './heap-rows.ts';

/** How a database sorts, as its row of pg_database says. */
export interface DatabaseCollation {
  readonly oid: number;
  readonly database: string;
  readonly provider: 'libc' | 'icu' | 'builtin';
  /** LC_COLLATE, or the locale of ICU. */
  readonly locale: string;
  /** The version that production has noted; null: none, as all have until PostgreSQL 14. */
  readonly version: string | null;
}

const PROVIDERS = { c: 'libc', i: 'icu', b: 'builtin' } as const;

/** Behind oid, datname, datdba and encoding. */
const BEHIND_ENCODING = 4 + 64 + 8;

/** Behind the flags come datconnlimit, datfrozenxid, datminmxid and dattablespace, then texts. */
const TEXTS = BEHIND_ENCODING + 4 + 16;

/**
 * Reads a row of pg_database. Its columns: until 14 the two locales, as names, behind the encoding; from 15 on datlocprovider and,
 * as texts, datcollate, datctype, daticulocale (datlocale since 17), daticurules (since 16) and datcollversion; since 17 dathasloginevt
 * stands before datconnlimit.
 */
export function databaseCollation({ data, isNull }: HeapRow, major: number): DatabaseCollation {
  const about = { oid: data.readUInt32LE(0), database: nameAt(data, 4) };
  if (major < 15) return { ...about, provider: 'libc', locale: nameAt(data, BEHIND_ENCODING), version: null };
  const first = major >= 17 ? 14 : 13;
  const nullable = major >= 16 ? ['locale', 'rules', 'version'] : ['locale', 'version'];
  const [collate, behindCollate] = shortText(data, TEXTS);
  let [, at] = shortText(data, behindCollate);
  const found = new Map<string, string>();
  for (const [index, name] of nullable.entries()) {
    if (isNull(first + index)) continue;
    const [text, next] = shortText(data, at);
    found.set(name, text);
    at = next;
  }
  const provider = PROVIDERS[String.fromCharCode(data[BEHIND_ENCODING] ?? 0) as keyof typeof PROVIDERS] ?? 'libc';
  const locale = provider === 'libc' ? collate : (found.get('locale') ?? '');
  return { ...about, provider, locale, version: found.get('version') || null };
}
