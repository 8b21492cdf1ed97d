import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type YAMLError } from 'yaml';
import { messageOf } from '../core/errors.ts';

/** A place in a file, both counted from 1. */
export interface LineColumn {
  readonly line: number;
  readonly column: number;
}

interface YamlProblem {
  readonly place: LineColumn | null;
  readonly message: string;
}

/** A YAML text that knows where each of its values stands. */
export interface YamlDocument {
  readonly value: unknown;
  readonly problems: readonly YamlProblem[];
  /** Where the value at `path` stands, or its nearest parent that is there. */
  locate(path: readonly PropertyKey[]): LineColumn | null;
}

/** Parses YAML 1.2. Warnings, such as unknown tags, are problems as well: a plan must not be half understood. */
export function parseYaml(text: string): YamlDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number): LineColumn => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const problems: YamlProblem[] = [...document.errors, ...document.warnings].map((problem) => ({
    place: place(problem.pos[0]),
    message: keyTwice(problem, document, place) ?? problem.message,
  }));
  return {
    value: problems.length === 0 ? valueOf(document, problems) : null,
    problems,
    locate: (path) => {
      const offset = offsetOf(document, path);
      return offset === null ? null : place(offset);
    },
  };
}

/** What is wrong with a key that stands twice in one mapping: which it is, and where the other one stands. */
function keyTwice({ code, pos }: YAMLError, document: Document, place: (offset: number) => LineColumn): string | null {
  if (code !== 'DUPLICATE_KEY') return null;
  let message: string | null = null;
  visit(document, {
    Map: (_, { items }) => {
      const keys = items.flatMap(({ key }) => (isScalar(key) ? [key] : []));
      const second = keys.find((key) => key.range?.[0] === pos[0]);
      const first = second && keys.find(({ value }) => value === second.value);
      if (!first?.range) return undefined;
      message = `${String(first.value)} stands here again; it stands in line ${place(first.range[0]).line} already`;
      return visit.BREAK;
    },
  });
  return message;
}

/** Aliases are resolved only now: one that names nothing, or too many of them, are problems too. */
function valueOf(document: Document, problems: YamlProblem[]): unknown {
  try {
    return document.toJS({ maxAliasCount: 50 });
  } catch (error) {
    problems.push({ place: null, message: messageOf(error) });
    return null;
  }
}

function offsetOf(document: Document, path: readonly PropertyKey[]): number | null {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? null) : null;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => (isScalar(item.key) ? item.key.value : item.key) === key);
      if (!pair) break;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof key === 'number') {
      node = node.items[key];
      if (isNode(node)) offset = node.range?.[0] ?? offset;
    } else break;
  }
  return offset;
}
