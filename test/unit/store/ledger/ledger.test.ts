import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkChain } from '../../../../src/store/ledger/chain.ts';
import { Ledger, LEDGER_FILE, type LedgerState } from '../../../../src/store/ledger/ledger.ts';
import { lineHash, type LedgerEntry } from '../../../../src/store/ledger/line.ts';
import { temporaryDirectory } from '../../../fixtures/plans.ts';

const runId = (count: number): string => `20261129T03${String(count).padStart(4, '0')}Z-00ff`;

function begun(drill: string, count: number) {
  return (state: LedgerState): LedgerEntry[] => [
    {
      kind: 'begun',
      drill,
      run: runId(count),
      number: state.nextNumber(drill),
      startedAt: '2026-11-29T03:00:00.000Z',
      stanza: 'main',
      trigger: 'on-demand',
      user: 'root',
      host: 'vm',
    },
  ];
}

function ledgerIn(directory: string) {
  const path = join(directory, LEDGER_FILE);
  return {
    ledger: new Ledger(directory),
    path,
    text: () => readFileSync(path, 'utf8'),
    check: () => checkChain(readFileSync(path, 'utf8')),
  };
}

/** A ledger of `count` runs of one drill. */
async function filled(count: number) {
  const place = ledgerIn(temporaryDirectory());
  for (let run = 1; run <= count; run += 1) await place.ledger.append(begun('orders', run));
  return place;
}

test('lines follow one another by their hashes, from the first, which opens the ledger', async () => {
  const { check, text, path } = await filled(3);
  const { lines, faults, head } = check();
  expect(faults).toEqual([]);
  expect(lines.map(({ kind, line }) => `${line} ${kind}`)).toEqual(['1 opened', '2 begun', '3 begun', '4 begun']);
  const texts = text().split('\n');
  expect(lines.map(({ previous }) => previous)).toEqual([null, ...texts.slice(0, 3).map((one) => lineHash(one))]);
  expect(head).toBe(lineHash(texts[3] ?? ''));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('the runs of each drill are counted for themselves', async () => {
  const { ledger, check } = await filled(2);
  await ledger.append(begun('users', 7));
  await ledger.append((state) => [...begun('orders', 8)(state), ...begun('orders', 9)(state)]);
  const numbers = check().lines.flatMap((line) => (line.kind === 'begun' ? [`${line.drill} ${line.number}`] : []));
  expect(numbers).toEqual(['orders 1', 'orders 2', 'users 1', 'orders 3', 'orders 4']);
});

describe('what a writer keeps beside the ledger', () => {
  test.each<[string, (directory: string) => void]>([
    ['is gone', (directory) => rmSync(join(directory, '.ledger.index'))],
    ['is rubbish', (directory) => writeFileSync(join(directory, '.ledger.index'), 'rubbish'.repeat(1000))],
    ['is empty', (directory) => writeFileSync(join(directory, '.ledger.index'), '')],
  ])('is made anew where it %s', async (_, spoil) => {
    const directory = temporaryDirectory();
    const { ledger, check } = ledgerIn(directory);
    await ledger.append(begun('orders', 1));
    spoil(directory);
    await ledger.append(begun('orders', 2));
    expect(check().faults).toEqual([]);
    expect(check().lines.at(-1)).toMatchObject({ number: 2 });
  });

  test('takes in what somebody wrote who died before he could note it there', async () => {
    const directory = temporaryDirectory();
    const { ledger, check, path } = ledgerIn(directory);
    await ledger.append(begun('orders', 1));
    const index = readFileSync(join(directory, '.ledger.index'));
    await ledger.append(begun('orders', 2));
    writeFileSync(join(directory, '.ledger.index'), index);
    await ledger.append(begun('orders', 3));
    expect(check().faults).toEqual([]);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(5);
    expect(check().lines.at(-1)).toMatchObject({ number: 3 });
  });

  test('tells of a ledger that is no longer there', async () => {
    const { ledger, check, path, text } = await filled(2);
    const last = text().split('\n').at(-2) ?? '';
    rmSync(path);
    await ledger.append(begun('orders', 9));
    expect(check().lines[0]).toMatchObject({ kind: 'opened', after: { lines: 3, sha256: lineHash(last) } });
  });
});

test('whatever a power cut leaves of the last line is taken off, and that is on record', async () => {
  const { ledger, path, text, check } = await filled(2);
  const whole = text();
  const start = whole.trimEnd().lastIndexOf('\n') + 1;
  for (let end = start + 1; end < whole.length; end += 1) {
    writeFileSync(path, whole.slice(0, end));
    await ledger.append(begun('orders', 3));
    const { lines, faults } = check();
    expect(faults).toEqual([]);
    expect(lines.slice(-2)).toMatchObject([
      { kind: 'repaired', removed: whole.slice(start, end), bytes: end - start },
      { kind: 'begun', run: runId(3), number: 2 },
    ]);
    expect(text().startsWith(whole.slice(0, start))).toBe(true);
  }
});

test('zeros where a line was to be are taken off as well', async () => {
  const { ledger, path, check } = await filled(2);
  appendFileSync(path, Buffer.alloc(5000));
  await ledger.append(begun('orders', 3));
  expect(check().faults).toEqual([]);
  expect(check().lines.at(-2)).toMatchObject({ kind: 'repaired', bytes: 5000 });
});

describe('a change of the ledger is seen', () => {
  const cases: [string, (lines: string[]) => string[], RegExp][] = [
    [
      'a changed word',
      (lines) => lines.map((line, at) => (at === 2 ? line.replace('main', 'mail') : line)),
      /^4 .*follow/,
    ],
    ['a line that is gone', (lines) => lines.toSpliced(2, 1), /^3 it says that it is line 4/],
    ['a line twice', (lines) => lines.toSpliced(2, 0, lines[2] ?? ''), /^4 it says that it is line 3/],
    [
      'two lines in the other order',
      ([a = '', b = '', c = '', d = '']) => [a, c, b, d],
      /^2 it says that it is line 3/,
    ],
    ['a line that is none', (lines) => lines.toSpliced(1, 1, '{}'), /^2 it is no line/],
  ];
  test.each(cases)('%s', async (_, change, fault) => {
    const { path, text, check } = await filled(3);
    writeFileSync(path, `${change(text().trimEnd().split('\n')).join('\n')}\n`);
    const [first] = check().faults;
    expect(`${first?.line} ${first?.what}`).toMatch(fault);
  });

  test('a last line that is not whole', async () => {
    const { path, check } = await filled(2);
    truncateSync(path, statSync(path).size - 1);
    expect(check().faults).toEqual([{ line: 3, what: 'it is not whole: it has no end' }]);
  });
});

test('a ledger that cannot be written to is left as it was', async () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, LEDGER_FILE));
  await expect(new Ledger(directory).append(begun('orders', 1))).rejects.toThrow(/EISDIR/);
});
