import { describe, expect, test } from 'vitest';
import { SegmentTable } from '../../../src/pgbackrest/segment-table.ts';
import { segment } from '../../fixtures/facts.ts';

const [A, B, C] = [segment(10), segment(11), segment(10, 2)];
const [SUM, OTHER] = ['0f'.repeat(20), 'a0'.repeat(20)];

function tableOf(...rows: (readonly [name: string, sha1: string])[]): SegmentTable {
  const table = new SegmentTable();
  for (const [name, sha1] of rows) table.add(name, sha1, 1_795_229_558);
  return table;
}

describe('a table of segments', () => {
  test.each([
    ['in order', [A, B, C]],
    ['out of order', [C, A, B]],
  ])('finds each by its name, added %s', (_, names) => {
    const table = tableOf(...names.map((name) => [name, SUM] as const));
    expect([...table.keys()]).toEqual([A, B, C]);
    expect(table.size).toBe(3);
    expect(table.get(B)).toEqual([{ name: B, sha1: SUM, archivedAt: new Date(1_795_229_558_000) }]);
    expect(table.has(segment(12))).toBe(false);
    expect(table.get(segment(9))).toBeUndefined();
  });

  test('has both of a segment that was archived twice', () => {
    const table = tableOf([B, SUM], [A, SUM], [A, OTHER]);
    expect([...table].map(([name, copies]) => [name, copies.map(({ sha1 }) => sha1)])).toEqual([
      [A, [SUM, OTHER]],
      [B, [SUM]],
    ]);
  });

  test('goes on after it was looked at', () => {
    const table = tableOf([B, SUM], [A, SUM]);
    expect(table.has(C)).toBe(false);
    table.add(C, SUM, 0);
    expect([...table.keys()]).toEqual([A, B, C]);
  });

  test('holds more than one block', () => {
    const table = new SegmentTable();
    for (let number = 0; number < 40_000; number += 1) table.add(segment(number), SUM, number);
    expect(table.size).toBe(40_000);
    expect(table.get(segment(39_999))?.[0]?.archivedAt).toEqual(new Date(39_999_000));
    expect(table.get(segment(20_000))?.[0]?.name).toBe(segment(20_000));
  });

  test('of nothing is empty', () => {
    expect([...tableOf().values()]).toEqual([]);
    expect(tableOf().has(A)).toBe(false);
  });
});
