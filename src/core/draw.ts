import { hash, randomBytes } from 'node:crypto';

/** A seed that nobody has chosen. */
export function newSeed(): string {
  return randomBytes(8).toString('hex');
}

/** What a seed may be: a word that needs no quotes in a shell. */
export const SEED = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * The name that a seed draws: the one whose SHA-256, of seed, space and name, is the least. Whoever has the seed and the names
 * can do it again (`printf '%s %s' SEED NAME | sha256sum`), and a name more or less changes nothing for the others. Null: there
 * is none.
 */
export function drawn(seed: string, names: Iterable<string>): string | null {
  let found: { readonly name: string; readonly digest: string } | null = null;
  for (const name of names) {
    const digest = hash('sha256', `${seed} ${name}`);
    if (found === null || digest < found.digest) found = { name, digest };
  }
  return found?.name ?? null;
}
