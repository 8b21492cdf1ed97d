import { describe, expect, test } from 'vitest';
import { parseYaml } from '../../../src/plan/yaml-document.ts';

const TEXT = `# a plan
name: orders
source:
  stanza: main
checks:
  - name: one
    sql: select 1
  - name: two
    expect: { atLeast: 1 }
`;

describe('locate', () => {
  test.each([
    [['name'], 2, 1],
    [['source'], 3, 1],
    [['source', 'stanza'], 4, 3],
    [['checks', 0], 6, 5],
    [['checks', 0, 'sql'], 7, 5],
    [['checks', 1, 'expect', 'atLeast'], 9, 15],
  ])('%j stands in line %i, column %i', (path, line, column) => {
    expect(parseYaml(TEXT).locate(path)).toEqual({ line, column });
  });

  test.each([
    ['a key that is missing', ['source', 'repo'], 3],
    ['what lies below a missing key', ['source', 'repo', 0], 3],
    ['what lies below a plain value', ['name', 'x'], 2],
    ['an item that is missing', ['checks', 1, 'sql'], 8],
  ])('%s is told by its nearest parent', (_, path, line) => {
    expect(parseYaml(TEXT).locate(path)?.line).toBe(line);
  });

  test('an empty document has no places', () => {
    expect(parseYaml('').locate(['name'])).toBeNull();
  });
});

test('a key that stands twice is named with the line of the first', () => {
  const { problems } = parseYaml('name: x\nsource:\n  repo: 1\n  stanza: a\n  repo: 2\nname: y\n');
  expect(problems).toEqual([
    { place: { line: 5, column: 3 }, message: 'repo stands here again; it stands in line 3 already' },
    { place: { line: 6, column: 1 }, message: 'name stands here again; it stands in line 1 already' },
  ]);
});

describe('what is not to be half understood', () => {
  test.each([
    ['a key given twice', 'a: 1\nb: 2\na: 3\n', 3],
    ['a tab as indentation', 'a:\n\tb: 1\n', 2],
    ['an unknown tag', 'a: 1\nb: !secret x\n', 2],
    ['a second document', 'a: 1\n---\nb: 2\n', 2],
    ['an unclosed quote', 'a: 1\nb: "x\n', 2],
  ])('%s is a problem', (_, text, line) => {
    const { problems, value } = parseYaml(text);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]?.place?.line).toBeGreaterThanOrEqual(line);
    expect(value).toBeNull();
  });
});

test.each([
  ['an alias of nothing', 'a: *nowhere\n'],
  [
    'aliases that grow beyond all measure',
    `a: &a [${'x,'.repeat(9)}]\nb: &b [${'*a,'.repeat(9)}]\nc: [${'*b,'.repeat(9)}]\n`,
  ],
])('%s: a problem and no crash', (_, text) => {
  const { problems, value } = parseYaml(text);
  expect(problems).toHaveLength(1);
  expect(value).toBeNull();
});

test('words of YAML 1.1 and times stay the text that was written', () => {
  const { value } = parseYaml('a: no\nb: 2026-05-13 14:32:00\nc: 0/3000148\nd: 1:30\n');
  expect(value).toEqual({ a: 'no', b: '2026-05-13 14:32:00', c: '0/3000148', d: '1:30' });
});
