import { describe, expect, test } from 'vitest';
import { RungFinder, type FoundRung } from '../../../../src/drill/ladder/rung-finder.ts';
import type { Lsn } from '../../../../src/postgres/lsn.ts';
import type { RungTarget } from '../../../../src/targets/rung.ts';
import { instant, lsn } from '../../../fixtures/facts.ts';

const time = (clock: string): RungTarget => ({
  type: 'time',
  instant: instant(`2026-11-21 ${clock}+00`),
  asTyped: clock,
});
const xid = (text: string): RungTarget => ({ type: 'xid', xid: text });
const name = (text: string): RungTarget => ({ type: 'name', name: text });

/** A record as pg_waldump prints it, at 100, 200, … */
const record = (rmgr: string, tx: string, at: number, desc: string): string =>
  `rmgr: ${rmgr} len (rec/tot):     34/    34, tx: ${tx.padStart(10)}, lsn: 0/${String(at).padStart(8, '0')}, prev 0/00000000, desc: ${desc}`;
const ends = (word: string, tx: string, at: number, clock: string): string =>
  record('Transaction', tx, at, `${word} 2026-11-21 ${clock} UTC`);

const WAL = [
  ends('COMMIT', '700', 100, '02:00:00.000100'),
  // Times are not in the order of the WAL.
  ends('COMMIT', '702', 200, '02:00:00.000300'),
  ends('COMMIT', '701', 300, '02:00:00.000200'),
  ends('ABORT', '703', 400, '02:00:00.000400'),
  record('XLOG', '0', 500, 'RESTORE_POINT before'),
  record('Transaction', '0', 600, 'COMMIT_PREPARED 704: 2026-11-21 02:00:00.000500 UTC'),
  record('Heap', '705', 650, 'INSERT off 1 flags 0x00'),
  ends('COMMIT', '705', 700, '02:00:00.000600'),
  ends('COMMIT', '706', 800, '02:00:00.000600'),
];

interface Sought {
  readonly target: RungTarget;
  readonly gate?: Lsn;
}

function looked(sought: readonly Sought[], lines: readonly string[] = WAL): RungFinder {
  const finder = new RungFinder(sought.map(({ target, gate }) => ({ target, gate: gate ?? null })));
  for (const line of lines) if (!finder.isDone) finder.push(line);
  return finder;
}

function placeOf({ gate, at, lastCommit, lastEndedAt }: FoundRung): unknown[] {
  const last = lastEndedAt === null ? null : Number(lastEndedAt - instant('2026-11-21 02:00:00+00'));
  const place = gate ?? at?.lsn;
  return [place?.toString(16) ?? null, lastCommit?.xid ?? null, last];
}

describe('a target', () => {
  test.each<[string, RungTarget, unknown[]]>([
    ['a time before all', time('01:00:00'), ['100', null, null]],
    ['the very time of a commit', time('02:00:00.000100'), ['200', '700', 100]],
    ['a time that a later one in the WAL has not reached', time('02:00:00.000200'), ['200', '700', 100]],
    ['a time before a rollback', time('02:00:00.000300'), ['400', '701', 200]],
    ['a time behind a rollback', time('02:00:00.000400'), ['600', '701', 400]],
    ['a time before a transaction that was prepared', time('02:00:00.000450'), ['600', '701', 400]],
    ['the time of two commits', time('02:00:00.000500'), ['700', '704', 500]],
    ['a transaction', xid('701'), ['300', '701', 200]],
    ['one that was prepared', xid('704'), ['600', '704', 500]],
    ['one of a later epoch', xid('4294967997'), ['300', '701', 200]],
    ['a restore point', name('before'), ['500', '701', 400]],
  ])('%s lies there', (_, target, expected) => {
    const [found] = looked([{ target }]).found;
    expect(found && placeOf(found)).toEqual(expected);
  });

  test('whose gate is known has what came before it', () => {
    const [found] = looked([{ target: { type: 'lsn', lsn: lsn('0/640') }, gate: lsn('0/650') }]).found;
    expect(found && placeOf(found)).toEqual(['650', '704', 500]);
  });

  test.each<[string, RungTarget]>([
    ['a time behind all', time('02:00:00.000600')],
    ['a transaction that is not there', xid('999')],
    ['a subtransaction or a name of another spelling', name('Before')],
  ])('%s is missed', (_, target) => {
    const finder = looked([{ target }, { target: xid('700') }]);
    expect(finder.isDone).toBe(false);
    expect(finder.missed).toEqual([target]);
    expect(finder.last?.xid).toBe('706');
  });

  test.each<[string, RungTarget, readonly string[], string]>([
    ['rolled back', xid('703'), WAL, 'target-rolled-back'],
    ['there twice', xid('700'), [...WAL, ends('COMMIT', '700', 900, '03:00:00.000000')], 'target-ambiguous'],
    ['a name twice', name('before'), [...WAL, record('XLOG', '0', 900, 'RESTORE_POINT before')], 'target-ambiguous'],
  ])('that was %s is none', (_, target, lines, code) => {
    const never = { target: xid('999') };
    const finder = looked([{ target }, never], lines);
    expect(finder.fault?.code).toBe(code);
    expect(finder.isDone).toBe(true);
  });
});

describe('several targets', () => {
  test('are found whatever their order, each with the commits around it', () => {
    const finder = looked([
      { target: time('02:00:00.000550') },
      { target: xid('700') },
      { target: name('before') },
      { target: time('02:00:00.000150') },
    ]);
    expect(finder.isDone).toBe(true);
    const around = finder.found.map(({ target, lastCommit, nextCommit }) => [
      target.type,
      lastCommit?.xid,
      nextCommit?.xid,
    ]);
    expect(around).toEqual([
      ['xid', '700', '702'],
      ['time', '700', '702'],
      ['name', '701', '704'],
      ['time', '704', '705'],
    ]);
  });

  test('at one place have the same gate', () => {
    const finder = looked([{ target: time('02:00:00.000410') }, { target: time('02:00:00.000490') }]);
    expect(finder.found.map(placeOf)).toEqual([
      ['600', '701', 400],
      ['600', '701', 400],
    ]);
  });
});
