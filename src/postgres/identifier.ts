/** A name as SQL takes it whatever is in it: always in quotes. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Columns as COPY takes them behind the name of a table; it takes no list without any. */
export function columnList(names: readonly string[]): string {
  return names.length === 0 ? '' : `(${names.map(identifier).join(', ')})`;
}

/** A table with its schema, as SQL and the patterns of pg_dump take it. */
export function qualified({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return `${identifier(schema)}.${identifier(name)}`;
}

/** The same for people: in quotes only where PostgreSQL would read it otherwise. */
export function shownTable({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return `${shownName(schema)}.${shownName(name)}`;
}

/** A name for people: in quotes only where PostgreSQL would read it otherwise. */
export function shownName(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : identifier(name);
}
