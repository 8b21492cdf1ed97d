import { join } from 'node:path';

/** Where the runs of a user are restored when nothing else is said; null: those of root. */
export function usualScratch(home: string | null): string {
  return home === null ? '/var/lib/pgdrill' : join(home, '.local', 'state', 'pgdrill');
}
