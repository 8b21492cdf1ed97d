import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { InOrder } from '../../../src/checks/integrity/in-order.ts';
import { LaneProgress } from '../../../src/checks/integrity/lane-progress.ts';
import { stagesOf } from '../../../src/checks/integrity/lanes.ts';
import { PART_IDS } from '../../../src/checks/integrity/parts.ts';

const idsOf = (ids: readonly (typeof PART_IDS)[number][]): string[][][] =>
  stagesOf(ids.map((id) => ({ id }))).map((lanes) => lanes.map((lane) => lane.map(({ id }) => id)));

test('what writes to the copy waits for what only reads it, and what needs it stopped for all; the rest goes on together', () => {
  const [recovered, extended, stopped, ...more] = idsOf(PART_IDS);
  expect(recovered?.[0]).toContain('files');
  expect(recovered?.[1]).toEqual(['read']);
  expect(extended).toEqual([['amcheck'], ['pages']]);
  expect(stopped).toEqual([['checksums']]);
  expect(more).toEqual([]);
  expect(idsOf(PART_IDS).flat(2).toSorted()).toEqual(PART_IDS.toSorted());
});

test('a stage or a lane of nothing is none', () => {
  expect(idsOf(['checksums', 'read'])).toEqual([[['read']], [['checksums']]]);
  expect(idsOf([])).toEqual([]);
});

test('each is told as soon as those before it were, one at a time, and at the end what is left', async () => {
  const told: string[] = [];
  const order = new InOrder(['a', 'b', 'c', 'd'], async ({ id }) => {
    told.push(`${id} begins`);
    await turn();
    told.push(`${id} ends`);
  });
  await order.ended({ id: 'b' });
  expect(told).toEqual([]);
  await Promise.all([order.ended({ id: 'a' }), order.ended({ id: 'd' })]);
  expect(told).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  await order.rest();
  expect(told.slice(4)).toEqual(['d begins', 'd ends']);
});

test('after one that could not be told nothing is', async () => {
  const told: string[] = [];
  const order = new InOrder(['a', 'b'], ({ id }) => {
    told.push(id);
    return Promise.reject(new Error('the sandbox is gone'));
  });
  await expect(order.ended({ id: 'a' })).rejects.toThrow('gone');
  await expect(order.ended({ id: 'b' })).rejects.toThrow('gone');
  expect(told).toEqual(['a']);
});

test('parts that are asked together are told in one line', () => {
  const lines: string[] = [];
  const progress = new LaneProgress((text, fraction) => lines.push(`${text} ${fraction ?? '?'}`));
  const [amcheck, pages] = [progress.of('amcheck'), progress.of('pages')];
  amcheck(null);
  pages(null);
  pages(0.5);
  amcheck(0.25);
  progress.end('amcheck');
  progress.end('pages');
  expect(lines).toEqual([
    'integrity: amcheck ?',
    'integrity: amcheck, pages ?',
    'integrity: amcheck, pages 0.5',
    'integrity: amcheck, pages 0.25',
    'integrity: pages 0.5',
  ]);
});
