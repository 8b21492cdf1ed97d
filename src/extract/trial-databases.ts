import type { Database } from '../postgres/database.ts';
import { identifier } from '../postgres/identifier.ts';
import { literal } from '../postgres/literal.ts';
import type { Sessions } from '../postgres/sessions.ts';

const WRITES = 'set default_transaction_read_only = off';

/**
 * Makes an empty database in the copy, with the encoding and the locale of another one there. Nobody removes it: it goes with the copy.
 * Throws a DrillError.
 */
export async function makeEmptyDatabase(sessions: Sessions, name: string, like: string): Promise<void> {
  await using database = await sessions.ours();
  await database.execute(WRITES);
  const [about] = await database.rows(
    `select to_jsonb(d) ->> 'datlocprovider', coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'),
            pg_encoding_to_char(encoding), datcollate, datctype
     from pg_database d where datname = ${literal(like)}`,
  );
  const [provider, locale, encoding, collate, ctype] = about ?? [];
  const words = [
    `encoding ${literal(encoding ?? '')}`,
    `lc_collate ${literal(collate ?? '')}`,
    `lc_ctype ${literal(ctype ?? '')}`,
    ...providerWords(provider ?? null, locale ?? null),
  ];
  await database.rows(`create database ${identifier(name)} template template0 ${words.join(' ')}`);
}

/** PostgreSQL 15 knows ICU for a whole database, 17 a provider of its own. */
function providerWords(provider: string | null, locale: string | null): string[] {
  if (provider === 'i') return ['locale_provider icu', `icu_locale ${literal(locale ?? '')}`];
  if (provider === 'b') return ['locale_provider builtin', `builtin_locale ${literal(locale ?? '')}`];
  return [];
}

/** A session of ours in a database of the copy that may write there. */
export async function writableSession(sessions: Sessions, name: string): Promise<Database> {
  const database = await sessions.of(name);
  await database.execute(WRITES);
  return database;
}
