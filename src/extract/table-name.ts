import { nearest } from '../core/nearest.ts';
import { shownTable } from '../postgres/identifier.ts';

/** A table as somebody has typed it; without a schema it is looked for in all of them. */
export interface TableName {
  readonly schema: string | null;
  readonly name: string;
}

const PART = String.raw`(?:"((?:[^"]|"")+)"|([^\s".]+))`;
const NAME = new RegExp(`^(?:${PART}\\.)?${PART}$`);

/** Reads a name as PostgreSQL does: what is not in quotes is in small letters. Null: it is no name of a table. */
export function parseTableName(text: string): TableName | null {
  const [, quotedSchema, plainSchema, quotedName, plainName] = NAME.exec(text.trim()) ?? [];
  const name = partOf(quotedName, plainName);
  return name === null ? null : { schema: partOf(quotedSchema, plainSchema), name };
}

function partOf(quoted: string | undefined, plain: string | undefined): string | null {
  if (quoted !== undefined) return quoted.replaceAll('""', '"');
  return plain === undefined ? null : plain.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Something of a database that has rows, or looks as if. */
export interface Relation {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  /** As in pg_class: `r` a table, `p` a partitioned one, `v` a view, `m` a materialized one, `f` a foreign table. */
  readonly kind: string;
}

const OTHER_KINDS: Readonly<Record<string, string>> = {
  v: 'a view, which has no rows of its own: name the tables that it reads',
  m: 'a materialized view: name the tables that it reads',
  f: 'a foreign table, whose rows are elsewhere',
};

/** The tables of a database that names stand for, or why one of them stands for none. */
export type Named =
  | { readonly tables: readonly Relation[] }
  | {
      readonly problem: string;
      /** Something of nearly that name is there. */
      readonly isNear: boolean;
    };

/** Finds the tables that were named, each once. */
export function tablesNamed(names: readonly TableName[], relations: readonly Relation[]): Named {
  const tables: Relation[] = [];
  for (const name of names) {
    const found = relations.filter((one) => one.name === name.name && (name.schema ?? one.schema) === one.schema);
    const [table, ...others] = found;
    if (table === undefined) {
      const near = nearText(name, relations);
      return { problem: `there is no table ${typedText(name)}${near}`, isNear: near !== '' };
    }
    if (others.length > 0)
      return {
        problem: `${typedText(name)} may be ${found.map(shownTable).join(' or ')}: name its schema as well`,
        isNear: true,
      };
    const other = OTHER_KINDS[table.kind];
    if (other !== undefined) return { problem: `${shownTable(table)} is ${other}`, isNear: true };
    if (!tables.includes(table)) tables.push(table);
  }
  return { tables };
}

function typedText({ schema, name }: TableName): string {
  return schema === null ? name : `${schema}.${name}`;
}

/** A table of nearly the same name, or of the same name elsewhere. */
function nearText({ schema, name }: TableName, relations: readonly Relation[]): string {
  const tables = relations.filter(({ kind }) => !(kind in OTHER_KINDS));
  const same = tables.filter((one) => one.name.toLowerCase() === name.toLowerCase());
  const full = schema === null ? null : nearest(`${schema}.${name}`, tables.map(plainText));
  const near = nearest(
    name,
    tables.map((one) => one.name),
  );
  const meant = [...same, ...tables.filter((one) => plainText(one) === full || one.name === near)];
  const words = [...new Set(meant.map(shownTable))].slice(0, MOST_NEAR);
  return words.length === 0 ? '' : `; did you mean ${words.join(' or ')}?`;
}

const MOST_NEAR = 3;

function plainText({ schema, name }: Relation): string {
  return `${schema}.${name}`;
}
