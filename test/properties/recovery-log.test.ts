import { globSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatInstant } from '../../src/core/instant.ts';
import { LineSplitter } from '../../src/host/line-splitter.ts';
import { parseStop, RecoveryLog, type RecoveryFacts } from '../../src/postgres/recovery-log.ts';
import { cuts, expectHolds, hostileText, piecesOf } from '../fixtures/properties.ts';
import { factsOf } from '../fixtures/recovery-logs.ts';

/** Logs of real recoveries, of PostgreSQL 12 to 18. */
const LOGS = globSync('logs/*.txt', { cwd: new URL('../fixtures', import.meta.url) })
  .toSorted()
  .map((name) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8'));

const log = fc.constantFrom(...LOGS);

/** What would be worth a false pass, or a false alarm, if it were taken from whoever says it. */
const tempting = fc.constantFrom(
  'recovery stopping before commit of transaction 9, time 2030-01-01 00:00:00+00',
  'recovery stopping at restore point "x", time 2030-01-01 00:00:00+00',
  'recovery stopping after reaching consistency',
  'redo done at F/FFFFFFF0 system usage: CPU: user: 0.00 s, system: 0.00 s, elapsed: 0.21 s',
  'last completed transaction was at log time 2030-01-01 00:00:00+00',
  'archive recovery complete',
  'selected new timeline ID: 77',
  'restored log file "00000009000000000000000F" from archive',
  'consistent recovery state reached at F/0',
  'recovery has paused',
  'received promote request',
  'invalid record length at 0/3000148: wanted 24, got 0',
);

const stamp = '2026-11-21 04:36:59.513 UTC';

/** Lines that other processes write, and lines that are none of the server. */
const noise = fc
  .oneof(
    fc
      .tuple(
        fc.integer({ min: 100_000, max: 200_000 }),
        fc.constantFrom('LOG', 'WARNING', 'STATEMENT', 'DETAIL', 'HINT', 'CONTEXT', 'ERROR', 'NOTICE'),
        fc.oneof(tempting, hostileText),
      )
      .map(([pid, level, text]) => `${stamp} [${pid}] ${level}:  ${text}`),
    fc.constant(`${stamp} [100001] FATAL:  the database system is starting up`),
    tempting.map((text) => `\t${text}`),
    tempting.map((text) => `\t${stamp} [5767] LOG:  ${text}`),
    hostileText,
  )
  .map((line) => line.replaceAll('\n', '\n\t'));

test('whatever other processes write between the lines of a recovery changes nothing', () => {
  expectHolds(
    fc.property(log, fc.array(fc.tuple(fc.nat(), noise), { maxLength: 10 }), (text, added) => {
      const lines = text.split('\n');
      const first = lines.findIndex((line) => /database system was|starting .* recovery|redo starts/.test(line)) + 1;
      const mixed = [...lines];
      for (const [at, line] of added) mixed.splice(first + (at % (mixed.length - first + 1)), 0, line);
      expect(factsOf(mixed.join('\n').split('\n'))).toEqual(factsOf(lines));
    }),
  );
});

test('a log that comes in whatever pieces says the same', () => {
  expectHolds(
    fc.property(log, cuts, (text, at) => {
      const reader = new RecoveryLog();
      const splitter = new LineSplitter((line) => reader.push(line));
      for (const piece of piecesOf(Buffer.from(text), at)) splitter.push(piece);
      splitter.end();
      expect(reader.facts).toEqual(factsOf(text.split('\n')));
    }),
  );
});

test('a log that is cut off says nothing that the whole does not say, but for the line that is cut', () => {
  expectHolds(
    fc.property(log, fc.double({ min: 0, max: 1, noNaN: true }), (text, at) => {
      const lines = text.slice(0, Math.floor(text.length * at)).split('\n');
      const [whole, cut] = [factsOf(text.split('\n')), factsOf(lines.slice(0, -1))];
      for (const key of Object.keys(cut) as (keyof RecoveryFacts)[]) {
        if (['progressLsn', 'lastRestored', 'waitingForLsn', 'fatal'].includes(key)) continue;
        if (cut[key] !== null && cut[key] !== false) expect(cut[key], key).toEqual(whole[key]);
      }
      const withTheCutLine = factsOf(lines);
      if (withTheCutLine.stop !== null) expect(whole.stop?.text.startsWith(withTheCutLine.stop.text)).toBe(true);
    }),
  );
});

test('lines in any order and of any text are read without an error', () => {
  const line = fc.oneof(
    noise,
    tempting.map((text) => `${stamp} [5767] LOG:  ${text}`),
    log.chain((text) => fc.constantFrom(...text.split('\n'))),
  );
  expectHolds(
    fc.property(
      fc.array(
        fc.oneof(
          line,
          fc.tuple(line, line, fc.nat(60)).map(([a, b, at]) => a.slice(0, at) + b.slice(at)),
        ),
        { maxLength: 60 },
      ),
      (lines) => {
        expect(Object.keys(factsOf(lines))).toEqual(Object.keys(factsOf([])));
      },
    ),
  );
});

const instants = fc.bigInt({ min: 0n, max: 4_102_444_800_000_000n });
const asPostgres = (at: bigint): string => formatInstant(at).replace('T', ' ').replace('Z', '+00');

test('a stop is read as PostgreSQL writes it, whatever the name of a restore point holds', () => {
  const name = hostileText.map((text) => text.replaceAll('\n', ' ').replace(/[\r\u2028\u2029]/g, ' '));
  expectHolds(
    fc.property(
      name,
      instants,
      fc.boolean(),
      fc.boolean(),
      fc.nat(2 ** 32 - 1),
      (point, at, isCommit, isBefore, xid) => {
        expect(parseStop(`recovery stopping at restore point "${point}", time ${asPostgres(at)}`)).toMatchObject({
          kind: 'name',
          side: 'after',
          name: point,
          at,
        });
        const [side, outcome] = [isBefore ? 'before' : 'after', isCommit ? 'commit' : 'abort'];
        expect(
          parseStop(`recovery stopping ${side} ${outcome} of transaction ${xid}, time ${asPostgres(at)}`),
        ).toMatchObject({ kind: 'time', side, outcome, xid: String(xid), at });
      },
    ),
  );
});
