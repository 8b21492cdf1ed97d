import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkChain } from '../../src/store/ledger/chain.ts';
import { lineHash, lineText, parseLine, type LedgerEntry } from '../../src/store/ledger/line.ts';
import { expectHolds, hostileText } from '../fixtures/properties.ts';

const AT = '2026-11-29T03:00:00.000Z';

/** What happened to a run after it had begun. */
const fates = fc.constantFrom('lost', 'withdrawn', 'open');

const history = fc.array(fc.tuple(fc.constantFrom('orders', 'users'), fates, hostileText), {
  minLength: 1,
  maxLength: 8,
});
type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

function entriesOf(runs: History): LedgerEntry[] {
  const numbers = new Map<string, number>();
  const happened = runs.flatMap(([drill, fate, text], index): LedgerEntry[] => {
    const number = (numbers.get(drill) ?? 0) + 1;
    numbers.set(drill, number);
    const run = { drill, run: `20261129T0300${String(index).padStart(2, '0')}Z-00ff`, number };
    const begun: LedgerEntry = {
      kind: 'begun',
      ...run,
      startedAt: AT,
      stanza: text,
      trigger: 'on-demand',
      user: text,
      host: text,
    };
    if (fate === 'open') return [begun, { kind: 'repaired', removed: text, bytes: text.length }];
    const end: LedgerEntry =
      fate === 'lost'
        ? { kind: 'lost', ...run, startedAt: AT }
        : { kind: 'withdrawn', ...run, startedAt: AT, code: text };
    return [begun, end];
  });
  return [{ kind: 'opened', ledger: 'l', pgdrill: '0.1.0', after: null }, ...happened];
}

function ledgerOf(runs: History): string[] {
  let previous: string | null = null;
  return entriesOf(runs).map((entry, index) => {
    const text = lineText({ v: 1, line: index + 1, previous, at: AT }, entry);
    previous = lineHash(text);
    return text;
  });
}

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

test('a line is read as it was written, in one line, whatever is told in it', () => {
  expectHolds(
    fc.property(history, (runs) => {
      const entries = entriesOf(runs);
      const lines = ledgerOf(runs);
      expect(checkChain(textOf(lines))).toMatchObject({ faults: [], head: lineHash(lines.at(-1) ?? '') });
      for (const [index, line] of lines.entries()) {
        expect(line).not.toContain('\n');
        expect(parseLine(line)).toMatchObject({ line: index + 1, ...entries[index] });
      }
    }),
  );
});

test('whatever is changed before the last line is found', () => {
  const change = fc.tuple(
    fc.nat(),
    fc.constantFrom('replace', 'insert', 'delete'),
    fc.string({ minLength: 1, maxLength: 1 }),
  );
  expectHolds(
    fc.property(history, change, (runs, [place, how, character]) => {
      const lines = ledgerOf(runs);
      const text = textOf(lines);
      const at = place % (text.length - (lines.at(-1) ?? '').length - 1);
      const [before, after] = [text.slice(0, at), text.slice(how === 'insert' ? at : at + 1)];
      const changed = `${before}${how === 'delete' ? '' : character}${after}`;
      if (changed !== text) expect(checkChain(changed).faults).not.toEqual([]);
    }),
  );
});

test('lines that are taken out, doubled or put elsewhere are found, but for the last ones', () => {
  expectHolds(
    fc.property(history, fc.nat(), fc.nat(), (runs, a, b) => {
      const lines = ledgerOf(runs);
      const [from, to] = [a % (lines.length - 1), b % lines.length];
      const without = lines.toSpliced(from, 1);
      expect(checkChain(textOf(without)).faults).not.toEqual([]);
      expect(checkChain(textOf(lines.toSpliced(to, 0, lines[from] ?? ''))).faults).not.toEqual([]);
      const moved = without.toSpliced(to, 0, lines[from] ?? '');
      if (textOf(moved) !== textOf(lines)) expect(checkChain(textOf(moved)).faults).not.toEqual([]);
    }),
  );
});

test('a line that was changed and whose followers were made to fit leads to another head', () => {
  expectHolds(
    fc.property(history, history, (runs, others) => {
      const [one, other] = [ledgerOf(runs), ledgerOf(others)];
      const heads = [one, other].map((lines) => checkChain(textOf(lines)).head);
      expect(heads[0] === heads[1]).toBe(textOf(one) === textOf(other));
    }),
  );
});

test('what is no ledger is no error, and never a good one', () => {
  const line = fc.oneof(
    hostileText,
    fc.json(),
    history.chain((runs) => fc.constantFrom(...ledgerOf(runs))),
  );
  expectHolds(
    fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), (lines) => {
      // Without its newline the last line is not whole.
      const text = `${lines.join('\n')}x`;
      expect(checkChain(text).faults.at(-1)?.what).toContain('it has no end');
    }),
  );
});
