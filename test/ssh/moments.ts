import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from '../fixtures/drill.ts';
import type { TestServer } from '../fixtures/ssh-server.ts';
import { textOf, until, untilRestored, untilSaid } from '../fixtures/until.ts';

/** Moments of a run on a server, as they are seen from outside. */
export const moments = {
  /** Something is said. */
  reached: (said: () => string): Promise<void> => until('a word', () => said() !== ''),
  file: (path: string): Promise<void> => until(path, () => existsSync(path)),
  /** The run has written down what it is about to do. */
  preflight: (place: Workspace): Promise<void> => until('an intent', () => intentOf(place) !== undefined),
  restore: (place: Workspace): Promise<void> => untilSaid(place, 'pgbackrest-restore.log', /restore command begin/),
  recovery: untilRestored,
  /** The first check has ended, so that the second is asked: what pgdrill itself asks of a copy looks the same from outside. */
  check: (place: Workspace): Promise<void> => untilSaid(place, 'pgdrill.log', /"kind":"check-ended"/),
} as const;

/** The words of all processes of a server. */
export function processesOn(server: TestServer): string {
  return server.sh(`for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline; echo; done 2>/dev/null; true`);
}

/** The files in which runs have written down what they do on servers, and not yet undone. */
export function intents(): string[] {
  return globSync(join(process.env['XDG_STATE_HOME'] ?? '', 'pgdrill-servers', '*.json'));
}

/** What the run of a workspace has written down; nothing before it has, and when it is undone while this looks. */
export function intentOf({ name }: Workspace): { readonly file: string; readonly text: string } | undefined {
  for (const file of intents()) {
    const text = textOf(file);
    if (text.includes(`"${name}"`)) return { file, text };
  }
  return undefined;
}
