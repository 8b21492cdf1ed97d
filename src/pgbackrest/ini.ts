/** One `key=value` of a configuration, with the section it stands in. */
export interface IniEntry {
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

/** Such an entry, and the line that it was read from. */
export interface IniLine extends IniEntry {
  readonly line: number;
}

/** A line that is neither a section, a comment nor `key=value`. */
export interface IniProblem {
  readonly line: number;
  readonly text: string;
}

/** Reads the ini form of pgBackRest: sections, `key=value`, `#` comments on lines of their own, keys may repeat. */
export function parseIni(text: string): { entries: IniLine[]; problems: IniProblem[] } {
  const entries: IniLine[] = [];
  const problems: IniProblem[] = [];
  let section = '';
  text.split(/\r?\n/).forEach((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return;
    const header = /^\[(.+)\]$/.exec(line);
    const equals = line.indexOf('=');
    if (header?.[1]) section = header[1];
    else if (equals > 0 && section !== '') {
      const [key, value] = [line.slice(0, equals).trim(), line.slice(equals + 1).trim()];
      entries.push({ section, key, value, line: index + 1 });
    } else problems.push({ line: index + 1, text: line.slice(0, 60) });
  });
  return { entries, problems };
}

/** The text of a configuration, sections in the order of their first entry. */
export function formatIni(entries: readonly IniEntry[]): string {
  const sections = Map.groupBy(entries, ({ section }) => section);
  return [...sections]
    .map(([section, lines]) => `[${section}]\n${lines.map(({ key, value }) => `${key}=${value}\n`).join('')}`)
    .join('\n');
}
