import type { Host } from '../host/host.ts';
import { shortened } from '../core/shortened.ts';
import type { PostgresBinaries } from './binaries.ts';

const LONGEST_WORDS = 300;

/**
 * What PostgreSQL has against the settings of ALTER SYSTEM in a data directory; null: nothing, or it did not say. It is asked
 * itself (`postgres -C`, 12 to 18), which starts nothing and takes the file for its only configuration.
 */
export async function refusedAutoConf(
  host: Pick<Host, 'run'>,
  { directory }: Pick<PostgresBinaries, 'directory'>,
  dataDirectory: string,
): Promise<string | null> {
  const file = `${dataDirectory}/postgresql.auto.conf`;
  const asked = ['-C', 'port', '-c', `config_file=${file}`, '-D', '/'];
  const { exitCode, stderr } = await host.run([`${directory}/postgres`, ...asked]);
  return exitCode === 0 ? null : refusalIn(stderr);
}

/** Its words when it does not take a configuration file (ProcessConfigFile); null: it ended for another reason. */
export function refusalIn(stderr: string): string | null {
  if (!/FATAL: {2}configuration file "[^"]*" contains errors/.test(stderr)) return null;
  // The directory that it is given has none of its own.
  const words = [...stderr.matchAll(/^.*LOG: {2}(?!skipping missing configuration file)(.*)$/gm)].map(([, text = '']) =>
    text.replaceAll(/ in file "[^"]*"/g, ''),
  );
  return shortened(words.join('; '), LONGEST_WORDS);
}
