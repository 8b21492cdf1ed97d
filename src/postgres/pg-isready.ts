import { join } from 'node:path';

/** The words that ask, for three seconds at most, whether a server answers at an address. */
export function isReadyArgv(binDirectory: string, { host, port }: { host: string; port: number }): string[] {
  return [join(binDirectory, 'pg_isready'), '-q', '-t', '3', '-U', 'postgres', '-h', host, '-p', String(port)];
}

/**
 * What the exit status of pg_isready (12 to 18) says: 0, the server accepts connections; 1, it rejects them; 2, nothing
 * answers. Null: nothing was asked.
 */
export function hasAnswered(exitStatus: number): boolean | null {
  return exitStatus > 2 ? null : exitStatus < 2;
}
