import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where intents are written: one file a run, and the keys of its server. */
export function noteDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const state = env['XDG_STATE_HOME'];
  if (state !== undefined && state !== '') return join(state, 'pgdrill-servers');
  return usualNotes(process.getuid?.() === 0 ? null : homedir());
}

/** Where those of a user are when nothing else is said; null: those of root. */
export function usualNotes(home: string | null): string {
  return home === null ? '/var/lib/pgdrill-servers' : join(home, '.local', 'state', 'pgdrill-servers');
}
