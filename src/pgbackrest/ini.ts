import { shortened } from '../core/shortened.ts';

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

/** What pgBackRest takes for blank (strTrim, 2.45): of all that JavaScript trims only this. */
function trimmed(text: string): string {
  return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
}

/**
 * Reads the ini form of pgBackRest: sections, `key=value`, `#` comments on lines of their own, keys may repeat. `sections`
 * are those that have a header, whether anything stands in them or not.
 */
export function parseIni(text: string): { sections: string[]; entries: IniLine[]; problems: IniProblem[] } {
  const sections = new Set<string>();
  const entries: IniLine[] = [];
  const problems: IniProblem[] = [];
  let section = '';
  text.split('\n').forEach((raw, index) => {
    const line = trimmed(raw);
    if (line === '' || line.startsWith('#')) return;
    const isHeader = line.startsWith('[');
    const equals = line.indexOf('=');
    if (isHeader && line.endsWith(']') && line.length > 2) {
      section = line.slice(1, -1);
      sections.add(section);
    } else if (!isHeader && equals > 0 && section !== '') {
      const [key, value] = [trimmed(line.slice(0, equals)), trimmed(line.slice(equals + 1))];
      entries.push({ section, key, value, line: index + 1 });
    } else problems.push({ line: index + 1, text: shortened(line, 60) });
  });
  return { sections: [...sections], entries, problems };
}

/** The text of a configuration, sections in the order of their first entry. */
export function formatIni(entries: readonly IniEntry[]): string {
  const sections = Map.groupBy(entries, ({ section }) => section);
  return [...sections]
    .map(([section, lines]) => `[${section}]\n${lines.map(({ key, value }) => `${key}=${value}\n`).join('')}`)
    .join('\n');
}
