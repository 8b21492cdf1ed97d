/** One word for a POSIX shell: nothing in it is expanded, whatever it holds. */
export function shellQuote(word: string): string {
  return /^[\w@+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command line for people to repeat by hand, or for the one place where PostgreSQL insists on a shell string. */
export function shellJoin(argv: readonly string[]): string {
  return argv.map(shellQuote).join(' ');
}
