/** A text as a literal of SQL. Backslashes mean nothing in it: all our sessions have standard_conforming_strings. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
