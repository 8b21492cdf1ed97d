import { escapeMarkup } from '../markup.ts';

/** How a test case ended. JUnit knows no warning: what only warns is `skipped`, which is neither red nor green. */
export type CaseResult =
  | { readonly kind: 'passed'; readonly output?: string }
  | { readonly kind: 'failure' | 'error' | 'skipped'; readonly type: string; readonly message: string };

/** One test case of the suite. */
export interface TestCase {
  /** What kind of thing it is; readers group by it. */
  readonly group: 'phase' | 'recovery' | 'check' | 'isolation' | 'objective' | 'verdict';
  readonly name: string;
  readonly durationMs: number | null;
  readonly result: CaseResult;
}

/** A test case as XML. */
export function renderCase(drill: string, { group, name, durationMs, result }: TestCase): string {
  const attributes = `${attribute('classname', `pgdrill.${drill}.${group}`)}${attribute('name', name)}${attribute('time', seconds(durationMs))}`;
  const inside = renderResult(result);
  return inside === '' ? `  <testcase${attributes}/>` : `  <testcase${attributes}>\n    ${inside}\n  </testcase>`;
}

function renderResult(result: CaseResult): string {
  if (result.kind === 'passed')
    return result.output === undefined ? '' : `<system-out>${escapeMarkup(result.output)}</system-out>`;
  if (result.kind === 'skipped') return `<skipped${attribute('message', result.message)}/>`;
  return `<${result.kind}${attribute('type', result.type)}${attribute('message', result.message)}>${escapeMarkup(result.message)}</${result.kind}>`;
}

/** An XML attribute. Line feeds and tabs are spelled out, since a reader would make them spaces. */
export function attribute(name: string, value: string): string {
  return ` ${name}="${escapeMarkup(value).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`;
}

/** Milliseconds as JUnit has them; zero where nothing was measured, since the format demands a number. */
export function seconds(ms: number | null): string {
  return ((ms ?? 0) / 1000).toFixed(3);
}
