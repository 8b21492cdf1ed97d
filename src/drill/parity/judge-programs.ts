import type { ParityFacts } from './facts.ts';
import { differs, here, unanswered, unknown, type Said } from './item.ts';
import { upgradeWords } from './mend.ts';

/** An older pgBackRest may not know what a newer one has written into the set. */
export function pgBackRestItem(facts: ParityFacts): Said {
  const { reads, wrote } = facts.pgbackrest;
  if (wrote === null) return unknown(`${reads} reads; the set does not say which version wrote it`);
  const both = `${reads} reads, ${wrote} wrote the set`;
  return isOlder(reads, wrote) ? differs(`${both}: an older one`, upgradeWords('pgbackrest', facts)) : here(both);
}

/**
 * No file of a cluster says which minor version wrote it. An older one lacks corrections of the replay, which production has.
 */
export function postgresItem(facts: ParityFacts): Said {
  const { machine, production, major } = facts;
  if (!('is' in machine)) return unanswered(machine);
  const { postgres } = machine.is;
  if (postgres === null) return unanswered({ why: `PostgreSQL ${major} is installed there`, when: ONCE_THERE });
  const [own = ''] = postgres.split(' ');
  const [theirs] = production?.version?.split(' ') ?? [];
  if (theirs === undefined) return unknown(`${own}; no backup says which minor version production has`, ASK_VERSION);
  const both = `${own}, and ${theirs} in production`;
  return isOlder(own, theirs)
    ? differs(`${both}: an older one`, upgradeWords(`postgresql-${major}`, facts))
    : here(both);
}

/** When a machine that is made or fitted out for the drill can be asked. */
export const ONCE_THERE = 'once the server is there';

const ASK_VERSION = 'ask production: psql -Atc "show server_version"';

/** Whether a version such as 2.45 or 15.9 comes before another. */
function isOlder(version: string, than: string): boolean {
  const [own, other] = [version, than].map((text) => (text.match(/\d+/g) ?? []).map(Number));
  for (let index = 0; index < 3; index += 1) {
    const difference = (own?.[index] ?? 0) - (other?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
