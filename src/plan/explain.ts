import type { z } from 'zod';
import { didYouMean } from '../core/nearest.ts';
import { keysAt } from './schema-keys.ts';

/** One thing that is wrong, by its place in the plan. */
export interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

type ZodIssue = z.core.$ZodIssue;

/** What a schema found wrong with a value, in words for the person who wrote it. */
export function explain(schema: z.core.$ZodType, value: unknown, issues: readonly ZodIssue[]): Issue[] {
  return new Explainer(schema, value).all(issues, []);
}

class Explainer {
  readonly #schema: z.core.$ZodType;
  readonly #value: unknown;

  constructor(schema: z.core.$ZodType, value: unknown) {
    this.#schema = schema;
    this.#value = value;
  }

  all(issues: readonly ZodIssue[], base: readonly PropertyKey[]): Issue[] {
    return issues.flatMap((issue): Issue[] => {
      const path = [...base, ...issue.path];
      if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => this.#unknownKey(path, key));
      if (issue.code === 'invalid_union') return this.#union(issue, path);
      if (issue.code === 'invalid_key') return [{ path, message: issue.issues[0]?.message ?? issue.message }];
      return [{ path, message: inWords(issue, valueAt(this.#value, path)) }];
    });
  }

  #unknownKey(path: readonly PropertyKey[], key: string): Issue {
    const here = valueAt(this.#value, path);
    const known = keysAt(this.#schema, path);
    const free = known.filter((name) => !(isMapping(here) && name in here));
    if (known.includes(key)) return { path: [...path, key], message: ofAnotherKind(here) };
    const near = didYouMean(key, free);
    const message = `is not known here${near === '' && known.length > 0 ? `; known are ${known.join(', ')}` : near}`;
    return { path: [...path, key], message };
  }

  /** Told from the branch that was meant, so that a typing error is named and not its whole family. */
  #union(issue: Extract<ZodIssue, { code: 'invalid_union' }>, path: readonly PropertyKey[]): Issue[] {
    const value = valueAt(this.#value, path);
    const own = { path, message: issue.message.replace(/^Invalid input$/, 'is not usable here') };
    if (!isMapping(value)) {
      const words = issue.errors.flat().flatMap((inner) => (inner.code === 'invalid_value' ? inner.values : []));
      const known = issue.errors.length > 0 ? words.map(String) : literalsOf(issue.message);
      return [{ path, message: `${own.message}${typeof value === 'string' ? didYouMean(value, known) : ''}` }];
    }
    const unknown = Object.keys(value).filter((key) => !keysAt(this.#schema, path).includes(key));
    if (unknown.length > 0 && issue.errors.length > 0) return unknown.map((key) => this.#unknownKey(path, key));
    const meant = branchMeant(issue.errors, Object.keys(value));
    return meant === null ? [own] : this.all(meant, path);
  }
}

/** The branch that knows every key that is there, if it is the only one, or the only one with nothing missing. */
function branchMeant(branches: readonly (readonly ZodIssue[])[], keys: readonly string[]): readonly ZodIssue[] | null {
  if (keys.length === 0) return null;
  const fitting = branches.filter((branch) => branch.every((issue) => issue.path.length > 0));
  if (fitting.length === 1) return fitting[0] ?? null;
  const complete = fitting.filter((branch) => branch.every((issue) => keys.includes(String(issue.path[0]))));
  return complete.length === 1 ? (complete[0] ?? null) : null;
}

/** A key that another branch of a union has, such as another kind of sandbox. */
function ofAnotherKind(here: unknown): string {
  const kind = isMapping(here) && typeof here['kind'] === 'string' ? here['kind'] : null;
  return `does not go with ${kind === null ? 'the other keys here' : `kind: ${kind}`}`;
}

/** The words of `is one of local, docker and ssh`. */
function literalsOf(message: string): string[] {
  return /^is one of (.*)$/.exec(message)?.[1]?.split(/, | and /) ?? [];
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a block of keys and values',
  record: 'a block of keys and values',
};

function inWords(issue: ZodIssue, value: unknown): string {
  // What the plan's schema says itself is in plain words; what zod says by default is not.
  const own = issue.message.replace(/^(Invalid|Too|Unrecognized)\b.*/, '');
  if (value === undefined) return `is needed${issue.code === 'invalid_type' ? `: ${expectedOf(issue)}` : ''}`;
  // A word where the schema wants a block of that kind.
  if (typeof value === 'string' && literalsOf(own).includes(value)) return `${own}; write { kind: ${value} }`;
  if (own !== '') return own;
  if (issue.code === 'invalid_type') {
    const quoted = issue.expected === 'string' && typeof value !== 'object' ? '; put it in quotes' : '';
    const empty = value === null ? '; fill it in, or leave it out' : '';
    return `has to be ${expectedOf(issue)}, and is ${kindOf(value)}${quoted}${empty}`;
  }
  if (issue.code === 'invalid_value') {
    const known = issue.values.map(String);
    return `is one of ${known.join(', ')}${typeof value === 'string' ? didYouMean(value, known) : ''}`;
  }
  if (issue.code === 'too_small') return isNumber(issue.origin) ? `is at least ${issue.minimum}` : 'is empty';
  if (issue.code === 'too_big')
    return isNumber(issue.origin) ? `is at most ${issue.maximum}` : `is longer than ${issue.maximum}`;
  return 'is not usable here';
}

const isNumber = (origin: string): boolean => origin === 'number' || origin === 'int';

function expectedOf({ expected }: { readonly expected: string }): string {
  return EXPECTED[expected] ?? expected;
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a block of keys and values';
  return `the ${typeof value === 'string' ? 'text' : typeof value} ${JSON.stringify(value)}`;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (holder, key) =>
      typeof holder === 'object' && holder !== null ? (holder as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}
