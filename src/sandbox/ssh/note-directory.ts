import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where intents are written: one file a run, and the keys of its server. */
export function noteDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const state = env['XDG_STATE_HOME'];
  if (state !== undefined && state !== '') return join(state, 'pgdrill-servers');
  if (process.getuid?.() === 0) return '/var/lib/pgdrill-servers';
  return join(homedir(), '.local', 'state', 'pgdrill-servers');
}
