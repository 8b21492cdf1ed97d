/** How a server was started, as it writes down itself (postmaster.opts in its data directory, 12 to 18). */
export interface PostmasterOpts {
  readonly program: string;
  /** The configuration file that was named on the command line; null: none was. */
  readonly configFile: string | null;
}

/** Reads `/usr/lib/postgresql/15/bin/postgres "-D" "/srv/pg" "-c" "config_file=/etc/postgresql/15/main/postgresql.conf"`. */
export function parsePostmasterOpts(text: string): PostmasterOpts | null {
  const program = /^(.*?)(?= "|\s*$)/m.exec(text)?.[1]?.trim() ?? '';
  if (!program.startsWith('/')) return null;
  const words = [...text.matchAll(/"([^"]*)"/g)].map(([, word = '']) => word);
  const option = words.find((word) => /^(?:--)?config[_-]file=/.test(word));
  return { program, configFile: option?.replace(/^.*?=/, '') ?? null };
}
