import type { Host } from '../host/host.ts';

/** `[032]: 'zst' is not allowed for 'compress-type' option` (2.45). */
const NOT_BUILT_IN = 32;

/** zst where this pgBackRest was built with it: one that was not refuses the value at once. */
export async function compressionFor(host: Host): Promise<'zst' | 'gz'> {
  const options = ['--stanza=probe', '--pg1-path=/nowhere', '--compress-type=zst', '--log-level-file=off'];
  const { exitCode } = await host.run(['pgbackrest', ...options, 'archive-push', 'probe']);
  return exitCode === NOT_BUILT_IN ? 'gz' : 'zst';
}
