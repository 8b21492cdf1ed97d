import type { z } from 'zod';
import { markdownTable } from './markdown-table.ts';

type Schema = z.core.JSONSchema.BaseSchema;

interface Field {
  readonly path: string;
  readonly schema: Schema;
  readonly required: boolean;
}

/** Every field of a JSON schema, one row each, nested ones by their path: `source.stanza`, `checks[].sql`. */
export function fieldTable(schema: Schema, style: 'with-defaults' | 'plain'): string {
  const fields = fieldsIn(resolve(schema, schema), '', schema);
  const header = style === 'plain' ? ['Field', 'Type', 'Meaning'] : ['Field', 'Type', 'Default', 'Meaning'];
  const rows = fields.map((field) => {
    const [path, type, meaning] = [`\`${field.path}\``, typeText(field.schema), field.schema.description ?? ''];
    return style === 'plain' ? [path, type, meaning] : [path, type, defaultText(field), meaning];
  });
  return markdownTable(header, rows);
}

function fieldsIn(schema: Schema, base: string, root: Schema): Field[] {
  return propertiesOf(schema).flatMap(({ path: name, schema: property, required }) => {
    const path = base === '' ? name : `${base}.${name}`;
    const inner = resolve(property, root);
    const item = itemOf(inner);
    const nested = item ? fieldsIn(resolve(item, root), `${path}[]`, root) : fieldsIn(inner, path, root);
    return [{ path, schema: inner, required }, ...nested];
  });
}

/** The properties of an object; of several that stand side by side, each name once. */
function propertiesOf(schema: Schema): Field[] {
  const found = new Map<string, Field>();
  const branches = schema.anyOf ?? schema.oneOf ?? [schema];
  for (const branch of branches.filter((item) => typeof item === 'object')) {
    for (const [name, property] of Object.entries(branch.properties ?? {})) {
      if (typeof property !== 'object' || found.has(name)) continue;
      const required = branches.every((item) => typeof item === 'object' && item.required?.includes(name));
      found.set(name, { path: name, schema: property, required });
    }
  }
  return [...found.values()];
}

function itemOf(schema: Schema): Schema | null {
  return schema.type === 'array' && typeof schema.items === 'object' && !Array.isArray(schema.items)
    ? schema.items
    : null;
}

function resolve(schema: Schema, root: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1);
  const definitions = root['definitions'];
  if (name === undefined || !isSchema(definitions)) return schema;
  const definition = definitions[name];
  return isSchema(definition) ? definition : schema;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null;
}

function typeText(schema: Schema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map(code).join(', ');
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches)
    return [...new Set(branches.map((branch) => (typeof branch === 'object' ? typeText(branch) : 'anything')))].join(
      ' or ',
    );
  if (schema.type === 'array') {
    const item = itemOf(schema);
    return item ? `list of ${typeText(item)}` : 'list';
  }
  if (schema.not) return 'nothing';
  return schema.type === undefined ? 'anything' : [schema.type].flat().join(' or ');
}

function defaultText({ schema, required }: Field): string {
  if (required) return '**needed**';
  return schema.default === undefined || typeof schema.default === 'object' ? '' : code(schema.default);
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
