import type { Database } from '../../postgres/database.ts';

/** A type by what it is called: built in, an enumeration with its labels, or one that an extension brings. */
type NamedType =
  | { readonly kind: 'built-in'; readonly name: string }
  | { readonly kind: 'enum'; readonly schema: string; readonly name: string; readonly labels: readonly string[] }
  | { readonly kind: 'extension'; readonly extension: string; readonly name: string };

/** What is looked for on another server for a column. */
export interface WantedType {
  readonly type: NamedType;
  readonly isArray: boolean;
  /** The length or precision, as the catalogs number it; -1: none. */
  readonly modifier: number;
}

/** A type as the catalogs of the copy describe it. */
export interface TypeFacts {
  readonly schema: string;
  readonly name: string;
  /** `pg_type.typtype`. */
  readonly kind: string;
  /** Of a domain: the type below it, and its modifier. */
  readonly base: string;
  readonly baseModifier: number;
  /** Of an array: what it is an array of; empty: it is none. */
  readonly element: string;
  readonly extension: string | null;
  readonly labels: readonly string[];
}

/**
 * Built-in types whose values are read without a look into any catalog, and have one text on every server. Without those that name
 * objects (`regclass`), roles (`aclitem`), a currency (`money`), or depend on how a server was built (`xml`).
 */
const BUILT_IN: ReadonlySet<string> = new Set(
  `bool char bpchar varchar text name bytea int2 int4 int8 float4 float8 numeric oid xid xid8 cid tid
   date time timetz timestamp timestamptz interval uuid json jsonb jsonpath bit varbit inet cidr macaddr macaddr8
   point line lseg box path polygon circle tsvector tsquery pg_lsn pg_snapshot txid_snapshot
   int4range int8range numrange daterange tsrange tstzrange
   int4multirange int8multirange nummultirange datemultirange tsmultirange tstzmultirange`.split(/\s+/),
);

/** A domain upon a domain; a catalog that goes round in a circle ends here. */
const DEEPEST = 32;

/**
 * What a type of the copy is called elsewhere: of a domain the type below it, since its conditions are code. Null: nothing that another
 * server could be trusted to have, so the values are kept as text.
 */
export function wantedType(
  types: ReadonlyMap<string, TypeFacts>,
  oid: string,
  modifier: number,
  depth = 0,
): WantedType | null {
  const facts = types.get(oid);
  if (facts === undefined || depth > DEEPEST) return null;
  if (facts.kind === 'd') return wantedType(types, facts.base, facts.baseModifier, depth + 1);
  if (facts.element !== '') {
    const element = wantedType(types, facts.element, modifier, depth + 1);
    return element === null || element.isArray ? null : { ...element, isArray: true };
  }
  const type = namedType(facts);
  return type === null ? null : { type, isArray: false, modifier };
}

function namedType({ schema, name, kind, extension, labels }: TypeFacts): NamedType | null {
  if (kind === 'e') return { kind: 'enum', schema, name, labels };
  if (kind === 'b' && extension !== null) return { kind: 'extension', extension, name };
  return schema === 'pg_catalog' && BUILT_IN.has(name) ? { kind: 'built-in', name } : null;
}

/** Whether a type is a domain, or an array of one. */
export function isOfDomain(types: ReadonlyMap<string, TypeFacts>, oid: string): boolean {
  const facts = types.get(oid);
  return facts?.kind === 'd' || types.get(facts?.element ?? '')?.kind === 'd';
}

/** The types of a database of the copy, by their numbers there. Throws a DrillError. */
export async function typesOf(copy: Database): Promise<Map<string, TypeFacts>> {
  const rows = await copy.rows(`
    select t.oid::text, n.nspname, t.typname, t.typtype::text, t.typbasetype::text, t.typtypmod::text,
      (select e.oid::text from pg_type e where e.typarray = t.oid limit 1),
      (select x.extname from pg_depend d join pg_extension x on x.oid = d.refobjid
        where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.refclassid = 'pg_extension'::regclass
          and d.deptype = 'e' limit 1),
      (select json_agg(l.enumlabel order by l.enumsortorder)::text from pg_enum l where l.enumtypid = t.oid)
    from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.typtype in ('b', 'd', 'e', 'r', 'm')`);
  return new Map(
    rows.map(([oid, schema, name, kind, base, baseModifier, element, extension, labels]) => [
      oid ?? '',
      {
        schema: schema ?? '',
        name: name ?? '',
        kind: kind ?? '',
        base: base ?? '',
        baseModifier: Number(baseModifier ?? -1),
        element: element ?? '',
        extension: extension ?? null,
        labels: JSON.parse(labels ?? '[]') as string[],
      },
    ]),
  );
}
