import { visible } from '../visible.ts';

/**
 * Prose on one line that Markdown takes for nothing but text, in a table cell too. `|`, `<` and `&` become entities, since
 * renderers disagree on a backslash before them; `_` stays inside of words, where GitHub's flavour gives it no meaning.
 */
export function escapeProse(text: string): string {
  return oneLine(text, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll(/[\\`*[\]~$]/g, String.raw`\$&`)
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, String.raw`\_`)
    .replaceAll(/[<>|]/g, entity);
}

/** A line that Markdown takes for no heading, list, rule or indented code. */
export function guardLineStart(line: string): string {
  return line
    .trimStart()
    .replace(/^[-+#=]/, String.raw`\$&`)
    .replace(/^(\d+)([.)])(?=\s|$)/, String.raw`$1\$2`);
}

/**
 * A value as inline code. Backticks serve where nothing in the value could end them, a table cell or the markup around it;
 * any other value is spelled in entities, so that no `<` of restored data ever stands in the file.
 */
export function inlineCode(value: string): string {
  const text = oneLine(value, ' ⏎ ');
  if (/^[^`|<>&\\\s](?:[^`|<>&\\]*[^`|<>&\\\s])?$/.test(text)) return `\`${text}\``;
  return `<code>${text.replaceAll(/[^\p{L}\p{N} .,:;/=()⏎…-]/gu, entity)}</code>`;
}

/** A code block that no run of backticks inside it can end. */
export function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${visible(text)}\n${fence}`;
}

function oneLine(text: string, between: string): string {
  return visible(text)
    .replaceAll(/\s*\n\s*/g, between)
    .replaceAll('\t', ' ');
}

function entity(character: string): string {
  return `&#${character.codePointAt(0)};`;
}
