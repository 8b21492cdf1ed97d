/** The text with what stands between the markers of `name` replaced. Throws when the markers are not there. */
export function withGenerated(text: string, name: string, content: string): string {
  const begin = `<!-- generated: ${name} (npm run generate) -->`;
  const end = `<!-- end of generated: ${name} -->`;
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the markers "${begin}" and "${end}" are missing`);
  return `${text.slice(0, from)}${begin}\n\n${content}\n${text.slice(to)}`;
}
