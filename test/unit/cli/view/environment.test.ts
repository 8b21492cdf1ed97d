import { expect, test } from 'vitest';
import { environmentLines, environmentText } from '../../../../src/cli/view/environment.ts';
import type { ParityItem } from '../../../../src/drill/parity/item.ts';

const ITEMS: readonly ParityItem[] = [
  { what: 'pgBackRest', state: 'here', detail: '2.55.1 reads, 2.55.1 wrote the set', fix: null },
  { what: 'PostgreSQL', state: 'unknown', detail: '15.18; no backup says more', fix: 'ask production' },
  { what: 'preload libraries', state: 'lacking', detail: 'not there: pg_cron', fix: 'apt-get install x\nor not' },
  { what: 'ICU', state: 'later', detail: 'known only after the restore', fix: null },
];

test('a line an item, and what mends it beneath, a command a line', () => {
  expect(environmentText('shop', ITEMS)).toBe(`shop: lacks 1 of 4, 2 not known yet
  ✓ pgBackRest         2.55.1 reads, 2.55.1 wrote the set
  ? PostgreSQL         15.18; no backup says more
                       → ask production
  ✗ preload libraries  not there: pg_cron
                       → apt-get install x
                         or not
  · ICU                known only after the restore
`);
});

const head = (items: readonly ParityItem[]): string | undefined => environmentText('shop', items).split('\n')[0];

test('where nothing is lacking it says so, and what is not known', () => {
  expect(head(ITEMS.slice(0, 1))).toBe('shop: nothing is lacking');
  expect(head(ITEMS.slice(0, 2))).toBe('shop: nothing is lacking, 1 not known yet');
  expect(head([{ what: 'links', state: 'differs', detail: 'x', fix: null }])).toBe(
    'shop: nothing is lacking, 1 not as in production',
  );
});

test('it fits the terminal, and an empty list has no line', () => {
  const wide: ParityItem = { what: 'room', state: 'lacking', detail: 'word '.repeat(40), fix: 'word '.repeat(40) };
  for (const line of environmentLines([wide], undefined, 80, 4)) {
    for (const part of line.split('\n')) expect(part.trimEnd().length).toBeLessThanOrEqual(80);
  }
  expect(environmentLines([])).toEqual([]);
});
