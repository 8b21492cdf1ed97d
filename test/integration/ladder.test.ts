import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseInstant } from '../../src/core/instant.ts';
import { parseLsn } from '../../src/postgres/lsn.ts';
import { processesOf } from '../../src/sandbox/processes.ts';
import {
  damagedWorkspace,
  drill,
  flipByte,
  leftovers,
  segmentFile,
  startDrill,
  sweepOf,
  workspace,
  writePlan,
  type DrillRun,
  type Workspace,
} from '../fixtures/drill.ts';
import { HELD } from '../fixtures/held-check.ts';
import { makeRungsHistory, type Ending, type RungsHistory } from '../fixtures/rungs-history.ts';
import { untilSaid } from '../fixtures/until.ts';

const position = (text: string): bigint => parseLsn(text) ?? -1n;
const instant = (text: string): bigint => parseInstant(text) ?? -1n;

type Rung = NonNullable<DrillRun['report']>['rungs'][number];

/** Where a target lies, and what is there, by the report. */
function seen({ type, lsn, lastCommit: last, checks, state }: Rung, atTheEnd: Rung['checks']): unknown {
  const there = position(last?.lsn ?? '');
  return {
    gate: position(lsn),
    last: type === 'xid' ? [last?.xid, there] : [there],
    rows: (state === 'promoted' ? atTheEnd : checks).find(({ name }) => name === 'rows')?.observed,
  };
}

describe('a recovery through several targets', () => {
  let history: RungsHistory | null = null;

  beforeAll(async () => {
    history = await makeRungsHistory();
  });
  afterAll(() => rmSync(history?.root ?? '', { recursive: true, force: true }));

  const of = (): RungsHistory => {
    if (history === null) throw new Error('no history');
    return history;
  };

  const ROWS = { name: 'rows', sql: 'select count(*) from marks', expect: { atLeast: 0 } };

  /** How many rows there are once the transactions before an ending were committed. */
  const rowsBefore = (index: number): number =>
    of()
      .endings.slice(0, index)
      .reduce((rows, { kind, xid }) => rows + (kind === 'COMMIT' ? (of().marks.get(xid) ?? 0) : 0), 0);

  /** PostgreSQL's own rule: the first in the order of the WAL that ended later. */
  const firstAfter = (moment: string): number => of().endings.findIndex(({ at }) => instant(at) > instant(moment));

  const lastCommit = (index: number): Ending | undefined =>
    of()
      .endings.slice(0, index)
      .findLast(({ kind }) => kind === 'COMMIT');

  /** Where a target lies by the independent list of all transactions, and what is there. */
  function expected({ type, value, lsn }: Rung): unknown {
    const endings = of().endings;
    const behind = endings.findIndex((ending) => position(ending.lsn) >= position(lsn));
    const index = type === 'time' ? firstAfter(value ?? '') : behind;
    return {
      gate: type === 'time' ? position(endings[index]?.lsn ?? '') : position(lsn),
      last: type === 'xid' ? [value, position(lastCommit(index)?.lsn ?? '')] : [position(lastCommit(index)?.lsn ?? '')],
      rows: String(rowsBefore(index)),
    };
  }

  test('stands at each to the byte, with the rows that the list of all commits has, over pages, segments and timelines', async () => {
    const { moments, markXids, whole } = of();
    const times = ['last', 'prepared', 'early', 'ddl', 'gap', 'forked', 'alsoGap', 'border'] as const;
    const at = workspace(of());
    const plan = writePlan(at, 'through', {
      targets: [
        ...times.map((name) => moments[name]),
        { xid: markXids.ofXid },
        { name: 'after the drop' },
        { xid: whole },
      ],
      checks: [
        ROWS,
        { name: 'there', sql: "select to_regclass('gone') is not null", expect: { matches: '^[tf]$' } },
        { name: 'of a command', command: ['true'] },
      ],
      integrity: 'quick',
    });
    const run = await drill(at, plan);
    expect(run.report?.reasons.filter(({ code }) => !['integrity-note', 'integrity-skipped'].includes(code))).toEqual(
      [],
    );
    expect(run).toMatchObject({ status: 0, report: { verdict: 'passed', rto: { measuredMs: null, met: null } } });
    const { rungs = [], checks = [] } = run.report ?? {};
    expect(rungs).toHaveLength(11);
    expect(rungs.every(({ reached, proof }) => reached && proof !== null)).toBe(true);
    const positions = rungs.map(({ lsn }) => position(lsn));
    expect(positions).toEqual(positions.toSorted((a, b) => (a < b ? -1 : Number(a > b))));
    expect(rungs.map((rung) => seen(rung, checks))).toEqual(rungs.map(expected));
    expect(rungs.map(({ state }) => state)).toEqual([...Array.from({ length: 10 }, () => 'read-only'), 'promoted']);
    const there = (moment: string): string | null | undefined =>
      rungs
        .find(({ value }) => value !== null && parseInstant(value) === instant(moment))
        ?.checks.find(({ name }) => name === 'there')?.observed;
    expect([there(moments.early), there(moments.ddl), there(moments.gap)]).toEqual(['false', 'true', 'false']);
    // Commands are asked of the promoted copy alone.
    expect(rungs.flatMap((rung) => rung.checks).some(({ kind }) => kind !== 'sql')).toBe(false);
    expect(checks.find(({ name }) => name === 'of a command')?.status).toBe('passed');
    expect(run.report?.recovery).toMatchObject({ state: 'read-write', replayMs: null, timeline: 3 });
    expect(readFileSync(join(run.folder, 'report.md'), 'utf8')).toContain('Last commit before');
    expect(leftovers(at)).toEqual([]);
  });

  test.each<[string, (from: RungsHistory) => unknown[], string]>([
    ['behind the end of the archive', ({ moments }) => [moments.early, 'now'], 'target-unreachable'],
    ['of a timeline that is not followed', ({ moments }) => [moments.early, moments.forked], 'target-unreachable'],
    ['that was rolled back', ({ moments, undone }) => [moments.early, { xid: undone }], 'target-rolled-back'],
  ])('to a target %s: nothing is restored', async (what, targets, code) => {
    const at = workspace(of());
    const written = targets(of()).map((target) => (target === 'now' ? new Date().toISOString() : target));
    const target = { ladder: written, ...(what.includes('timeline') && { timeline: 1 }) };
    const run = await drill(at, writePlan(at, 'none', { target, checks: [ROWS] }));
    // Of a branch that is left aside it is told as well.
    expect(run.report?.reasons[0]?.code).toBe(code);
    expect(run.report).toMatchObject({ verdict: 'failed', restore: null, rungs: [] });
  });

  test('to a name that nothing knows is refused', async () => {
    const at = workspace(of());
    const targets = [of().moments.early, { name: 'never made' }];
    const run = await drill(at, writePlan(at, 'none', { targets }));
    expect(run).toMatchObject({ status: 2, report: null, stderr: expect.stringContaining('code: target-unknown') });
  });

  test('with a segment missing, or altered where pg_waldump sees it, between two targets: nothing is restored', async () => {
    const { filled, moments } = of();
    for (const [code, harm] of [
      ['wal-checksum-mismatch', (file: string) => flipByte(file, 200)],
      ['wal-missing', (file: string) => rmSync(file)],
    ] as const) {
      const at = damagedWorkspace(of());
      harm(segmentFile(at.repo, filled));
      const run = await drill(at, writePlan(at, 'harmed', { targets: [moments.early, moments.forked] }));
      expect(run.report?.reasons.map((reason) => reason.code)).toEqual([code]);
      expect(run).toMatchObject({ status: 1, report: { verdict: 'failed', restore: null } });
    }
  });

  test('with a segment altered where no record is: the target before it is told, the one behind it is not reached', async () => {
    const { filled, moments } = of();
    const at = damagedWorkspace(of());
    const file = segmentFile(at.repo, filled);
    flipByte(file, readFileSync(file).length - 1);
    const run = await drill(at, writePlan(at, 'altered', { targets: [moments.early, moments.forked], checks: [ROWS] }));
    expect(run.report?.reasons.map(({ code }) => code)).toEqual(['wal-checksum-mismatch']);
    expect(run).toMatchObject({ status: 1, report: { verdict: 'failed', recovery: null } });
    const [before, behind] = run.report?.rungs ?? [];
    expect(before).toMatchObject({ reached: true, checks: [{ name: 'rows', status: 'passed' }] });
    expect(behind).toMatchObject({ reached: false, proof: null, state: null, checks: [] });
    expect(leftovers(at)).toEqual([]);
  });

  test('to a position in the middle of a transaction that locks a table: what waits for the lock is no answer', async () => {
    const { locked, moments } = of();
    const at = workspace(of());
    const run = await drill(at, writePlan(at, 'locked', { targets: [{ lsn: locked }, moments.ddl], checks: [ROWS] }));
    expect(run.report?.reasons.map(({ code }) => code)).toEqual(['rung-unanswered', 'check-skipped']);
    expect(run).toMatchObject({ status: 3, report: { verdict: 'inconclusive' } });
    expect(run.report?.rungs.map(({ reached }) => reached)).toEqual([true, true]);
  });

  /** Waits until a check is held at the first of two targets. */
  async function heldAtFirst(at: Workspace): Promise<ReturnType<typeof startDrill>> {
    const { moments } = of();
    const checks = [ROWS, { name: 'held', sql: HELD }];
    const run = startDrill(at, [writePlan(at, 'held', { targets: [moments.early, moments.gap], checks })]);
    await untilSaid(at, 'pgdrill.log', /rows, at/);
    return run;
  }

  test('whose server dies while it is held tells of that alone', async () => {
    const at = workspace(of());
    const run = await heldAtFirst(at);
    const [server] = processesOf(at.scratch).filter(({ argv }) => argv[0]?.endsWith('/postgres'));
    process.kill(server?.pid ?? 0, 'SIGKILL');
    const { report, status } = await run.finished;
    expect(report?.reasons.map(({ code }) => code)).toEqual(['process-killed']);
    expect(status).toBe(3);
    expect(report?.rungs.map(({ reached }) => reached)).toEqual([false, false]);
    expect(leftovers(at)).toEqual([]);
  });

  test('whose run is killed while it is held leaves nothing alive, and sweep removes the rest', async () => {
    const at = workspace(of());
    const run = await heldAtFirst(at);
    run.kill('SIGKILL');
    await run.finished;
    await sweepOf(at, '--scratch', at.scratch);
    expect(leftovers(at)).toEqual([]);
    expect(processesOf(at.scratch)).toEqual([]);
  });
});
