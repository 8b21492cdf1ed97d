import { z } from 'zod';

type Schema = z.core.$ZodType;

/** The keys that a schema knows at a place, in all branches of its unions; none where it takes no mapping. */
export function keysAt(schema: Schema, path: readonly PropertyKey[]): string[] {
  const there = path.reduce<Schema[]>(
    (schemas, key) => schemas.flatMap((holder) => childrenOf(holder, key)),
    branchesOf(schema),
  );
  return [
    ...new Set(there.flatMap((branch) => (branch instanceof z.ZodObject ? Object.keys(branch.shape as object) : []))),
  ];
}

function childrenOf(schema: Schema, key: PropertyKey): Schema[] {
  if (schema instanceof z.ZodObject) {
    const child = (schema.shape as Readonly<Record<PropertyKey, Schema>>)[key];
    return child ? branchesOf(child) : [];
  }
  return schema instanceof z.ZodArray ? branchesOf(schema.element) : [];
}

/** What a schema stands for behind defaults and the like; the branches of a union one by one. */
function branchesOf(schema: Schema): Schema[] {
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => branchesOf(option));
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return branchesOf(schema.unwrap());
  return [schema];
}
