import type { Database } from '../../postgres/database.ts';
import { identifier, qualified, shownName, shownTable } from '../../postgres/identifier.ts';
import { literal } from '../../postgres/literal.ts';
import type { PlainColumn, PlainTable } from './plain-table.ts';
import type { SourceColumn, SourceTable } from './source-table.ts';

/** Something of a table that is not made on another server. */
export interface LeftOut {
  /** What it is, for people: `the default of note`. */
  readonly what: string;
  /** The statements that a person may make it with, as the copy writes them; empty: nothing does. */
  readonly sql: string;
}

/**
 * What a table of the copy has and a plain table has not, in an order in which it can be made. The copy has the table under the names that
 * it has on the other server, so that its own words fit there. Owners, grants and comments are told in one sentence.
 */
export async function leftOutOf(copy: Database, source: SourceTable, plain: PlainTable): Promise<LeftOut[]> {
  const of = shownTable(plain);
  const asked: LeftOut[] = [];
  for (const [kind, query] of Object.entries(queriesOf(qualified(plain), literal(qualified(plain))))) {
    const rows = await copy.rows(query);
    asked.push(...rows.map(([name, sql]) => ({ what: `${kind} ${shownName(name ?? '')}`, sql: sql ?? '' })));
  }
  return [
    ...partsOf(source),
    ...source.columns.flatMap((column, index) => typeLeft(column, plain.columns[index], plain)),
    ...asked.filter(({ what }) => plain.key.length === 0 || !what.startsWith(PRIMARY_KEY)),
  ].map(({ what, sql }) => ({ what: `${what} (${of})`, sql }));
}

function partsOf({ table }: SourceTable): LeftOut[] {
  const parts = table.tree.length - 1;
  if (table.kind === 'p') return [{ what: `its ${parts} partitions: it is one table there`, sql: '' }];
  if (parts === 0) return [];
  const names = table.tree.slice(1).map(shownTable).join(', ');
  return [{ what: `what its children ${names} have beyond its own columns: their rows are in it there`, sql: '' }];
}

/** A type that is another one there, or a collation: the bytes are the same, the order of the values may not be. */
function typeLeft(column: SourceColumn, plain: PlainColumn | undefined, table: PlainTable): LeftOut[] {
  const { name, shown, isDomain, collation } = column;
  const isInstead = plain?.isInstead === true;
  if (!isInstead && !isDomain && collation === null) return [];
  const words =
    isInstead || isDomain ? `the type ${shown} of ${shownName(name)}, which is ${plain?.type ?? 'text'} there` : '';
  const ordered = collation === null ? '' : `the collation ${collation} of ${shownName(name)}`;
  const [to, using] = [collation === null ? '' : ` collate ${collation}`, `${identifier(name)}::${shown}`];
  const sql = `alter table ${qualified(table)} alter column ${identifier(name)} type ${shown}${to} using ${using};`;
  return [{ what: [words, ordered].filter((text) => text !== '').join(', '), sql }];
}

const PRIMARY_KEY = 'the primary key';

/** Each gives names, and statements that make what is so named. */
function queriesOf(table: string, named: string): Readonly<Record<string, string>> {
  const alter = literal(`alter table ${table} `);
  const constraint = (types: string): string => `
    select conname, ${alter} || 'add constraint ' || quote_ident(conname) || ' ' || pg_get_constraintdef(oid) || ';'
    from pg_constraint where conrelid = ${named}::regclass and contype in (${types}) order by conname`;
  const column = (condition: string, words: string): string => `
    select a.attname, ${words} from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = ${named}::regclass and a.attnum > 0 and not a.attisdropped and ${condition} order by a.attnum`;
  const alterColumn = `${alter} || 'alter column ' || quote_ident(a.attname)`;
  return {
    'the sequence': `
      select s.relname, 'create sequence ' || s.oid::regclass || ' as ' || format_type(q.seqtypid, null)
        || ' increment by ' || q.seqincrement || ' minvalue ' || q.seqmin || ' maxvalue ' || q.seqmax
        || ' start with ' || coalesce(pg_sequence_last_value(s.oid), q.seqstart) || '; select nextval(' || quote_literal(s.oid::regclass) || ');'
      from pg_class s join pg_sequence q on q.seqrelid = s.oid
      where exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = s.oid
        and d.refclassid = 'pg_class'::regclass and d.refobjid = ${named}::regclass and d.deptype = 'a') order by 1`,
    'the default of': column(
      "d.oid is not null and a.attgenerated = ''",
      `${alterColumn} || ' set default ' || pg_get_expr(d.adbin, d.adrelid) || ';'`,
    ),
    'the identity of': column(
      "a.attidentity <> ''",
      `${alterColumn} || ' add generated ' || case a.attidentity when 'a' then 'always' else 'by default' end || ' as identity; select setval('
        || quote_literal(pg_get_serial_sequence(${literal(table)}, a.attname)) || ', greatest(1, (select max(' || quote_ident(a.attname)
        || ') from ' || ${literal(table)} || ')));'`,
    ),
    'the expression of': column(
      "a.attgenerated <> ''",
      `'-- PostgreSQL cannot make it of a column that has values: ' || regexp_replace(pg_get_expr(d.adbin, d.adrelid), '\\s+', ' ', 'g')`,
    ),
    [PRIMARY_KEY]: constraint("'p'"),
    'the constraint': constraint("'u', 'c', 'x'"),
    'the index': `
      select i.indexrelid::regclass, pg_get_indexdef(i.indexrelid) || ';' from pg_index i
      where i.indrelid = ${named}::regclass
        and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.conrelid = i.indrelid) order by 1`,
    'the foreign key': constraint("'f'"),
    'the trigger': `
      select tgname, pg_get_triggerdef(oid) || ';' from pg_trigger
      where tgrelid = ${named}::regclass and not tgisinternal order by 1`,
    'the rule': `select rulename, pg_get_ruledef(oid) from pg_rewrite where ev_class = ${named}::regclass order by 1`,
    'row level security:': `
      select relname, ${alter} || 'enable row level security;' from pg_class
      where oid = ${named}::regclass and relrowsecurity`,
    'the policy': `
      select polname, 'create policy ' || quote_ident(polname) || ${literal(` on ${table} as `)}
        || case when polpermissive then 'permissive' else 'restrictive' end || ' for '
        || case polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end
        || ' to ' || array_to_string(array(select case r when 0 then 'public' else quote_ident(pg_get_userbyid(r)) end
          from unnest(polroles) r), ', ')
        || coalesce(' using (' || pg_get_expr(polqual, polrelid) || ')', '')
        || coalesce(' with check (' || pg_get_expr(polwithcheck, polrelid) || ')', '') || ';'
      from pg_policy where polrelid = ${named}::regclass order by 1`,
  };
}

const HEAD = `-- What was left out on the other server, as the copy writes it. Nothing of it was run there.
-- It calls functions, and some of it locks or acts on other tables: read it, and run what you want.
-- Owners, grants, comments and statistics are not in it: pg_restore --list of the dump has them.
`;

/** All of it as a script for a person. */
export function scriptOf(leftOut: readonly LeftOut[]): string {
  const parts = leftOut.map(({ what, sql }) => `\n-- ${inOneLine(what)}\n${sql === '' ? '' : `${sql}\n`}`);
  return `${HEAD}${parts.join('')}`;
}

/** A name with a line break would end the comment that it stands in. */
function inOneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
