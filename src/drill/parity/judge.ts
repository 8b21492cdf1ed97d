import type { ParityFacts } from './facts.ts';
import type { ParityItem, Said } from './item.ts';
import { collationsItem, icuItem, localesItem } from './judge-collations.ts';
import { extensionsItem, managersItem, preloadItem } from './judge-libraries.ts';
import { linksItem, roomItem, settingsItem, tablespacesItem } from './judge-place.ts';
import { pgBackRestItem, postgresItem } from './judge-programs.ts';

/** Every need, in the order in which a reader would look. */
const ITEMS: Readonly<Record<string, (facts: ParityFacts) => Said>> = {
  pgBackRest: pgBackRestItem,
  PostgreSQL: postgresItem,
  'preload libraries': preloadItem,
  'resource managers': managersItem,
  extensions: extensionsItem,
  locales: localesItem,
  'collation version': collationsItem,
  ICU: icuItem,
  'recovery settings': settingsItem,
  room: roomItem,
  tablespaces: tablespacesItem,
  links: linksItem,
};

/** What the machine of a drill has and lacks for it. What is lacking makes a run inconclusive, never failed. */
export function judgeParity(facts: ParityFacts): ParityItem[] {
  return Object.entries(ITEMS).map(([what, judge]) => ({ what, ...judge(facts) }));
}
