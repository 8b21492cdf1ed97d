// How systemd reads the values of unit files: systemd.unit(5) for specifiers (%), systemd.service(5) for command lines,
// systemd.syntax(7) for quotes.

/** A path that takes the whole line, such as that of `WorkingDirectory=`. */
export function wholeLine(text: string): string {
  return text.replaceAll('%', '%%');
}

/** One word of a list of paths or assignments: a `$` means nothing there. */
export function listWord(word: string): string {
  return `"${wholeLine(word).replaceAll(/["\\]/g, '\\$&')}"`;
}

/** A command line. The program itself is no place for variables (252: there `$$` stays as it is), its arguments are. */
export function commandLine([program = '', ...words]: readonly string[]): string {
  return [listWord(program), ...words.map((word) => listWord(word).replaceAll('$', '$$$$'))].join(' ');
}
