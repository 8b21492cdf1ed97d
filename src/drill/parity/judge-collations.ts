import type { DatabaseCollation } from '../../postgres/database-collation.ts';
import type { ParityFacts } from './facts.ts';
import { AFTER_RESTORE, differs, here, lacking, unanswered, unknown, type Said } from './item.ts';
import { localeWords } from './mend.ts';

/** Nobody can connect to a database whose locale is not there. */
export function localesItem(facts: ParityFacts): Said {
  const { set, machine } = facts;
  if (!('is' in set)) return unanswered(set);
  if (!('is' in machine)) return unanswered(machine);
  const { lackingLocales } = machine.is;
  if (lackingLocales === null) return unknown('there is no program "locale" to ask');
  if (lackingLocales.length > 0)
    return lacking(`not there: ${lackingLocales.join(', ')}`, localeWords(lackingLocales, facts));
  return here(set.is.locales.join(', '));
}

/** Of these the order is that of bytes, everywhere. */
const OF_BYTES = /^(C|POSIX)($|\.)/i;

/** The version of the C library is that of its collations: where it differs, indexes on texts may be in another order. */
export function collationsItem({ set, machine, major }: ParityFacts): Said {
  if (!('is' in set)) return unanswered(set);
  const sorted = set.is.collations.filter(({ provider, locale }) => provider === 'libc' && !OF_BYTES.test(locale));
  if (sorted.length === 0) return here('no database sorts by the C library');
  if (!('is' in machine)) return unanswered(machine);
  const { libc } = machine.is;
  if (libc === null) return unknown('the C library there is another than that of GNU, which has versions');
  const other = sorted.filter(({ version }) => version !== null && version !== libc);
  if (other.length > 0)
    return differs(`${namesOf(other)}: glibc ${other[0]?.version ?? '?'} in production, ${libc} there`, OTHER_LIBRARY);
  const silent = sorted.filter(({ version }) => version === null);
  if (silent.length === 0) return here(`glibc ${libc}, as in production`);
  const why = major < 15 ? `PostgreSQL ${major} notes no version` : `${namesOf(silent)} has none noted`;
  return unknown(`glibc ${libc} there; ${why} of production's`, 'ask production: ldd --version');
}

const OTHER_LIBRARY =
  'drill on the distribution of production; until then amcheck is in doubt of indexes on texts, and says so';

/** Its versions are those of a library that only a server can be asked of. */
export function icuItem({ set, machine, inImage }: ParityFacts): Said {
  if (!('is' in set)) return unanswered(set);
  const sorted = set.is.collations.filter(({ provider }) => provider === 'icu');
  const names = namesOf(sorted);
  if (sorted.length > 0 && 'is' in machine && machine.is.hasIcu === false) {
    const fix = inImage
      ? 'use an image whose PostgreSQL has ICU'
      : 'install packages of PostgreSQL that are built with ICU';
    return lacking(`${names} sorts by ICU, which PostgreSQL there is built without`, fix);
  }
  if (sorted.length === 0) return unanswered({ why: 'of single columns', when: AFTER_RESTORE });
  const versions = sorted.map(({ database, version }) => `${database} has ${version ?? 'no version noted'}`);
  return unanswered({ why: versions.join(', '), when: AFTER_RESTORE });
}

function namesOf(collations: readonly DatabaseCollation[]): string {
  return collations.map(({ database }) => database).join(', ');
}
