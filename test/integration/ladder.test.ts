import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseInstant } from '../../src/core/instant.ts';
import { parseLsn } from '../../src/postgres/lsn.ts';
import { drill, leftovers, workspace, writePlan, type Workspace } from '../fixtures/drill.ts';
import { makeRungsHistory, type Ending, type RungsHistory } from '../fixtures/rungs-history.ts';

const position = (text: string): bigint => parseLsn(text) ?? -1n;
const instant = (text: string): bigint => parseInstant(text) ?? -1n;

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
  const place = (): Workspace => workspace(of());

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

  test('stands at each to the byte, with the rows that the list of all commits has, over pages, segments and timelines', async () => {
    const { moments, markXids, whole } = of();
    const times = ['early', 'prepared', 'ddl', 'gap', 'alsoGap', 'border', 'forked', 'last'] as const;
    const plan = writePlan(place(), 'through', {
      targets: [
        ...times.map((name) => moments[name]),
        { xid: markXids.ofXid },
        { name: 'after the drop' },
        { xid: whole },
      ],
      checks: [
        { name: 'rows', sql: 'select count(*) from marks', expect: { atLeast: 0 } },
        { name: 'there', sql: "select to_regclass('gone') is not null", expect: { matches: '^[tf]$' } },
        { name: 'of a command', command: ['true'] },
      ],
      integrity: 'quick',
    });
    const at = workspace(of());
    const run = await drill(at, plan);
    expect(run.report?.reasons.filter(({ code }) => !['integrity-note', 'integrity-skipped'].includes(code))).toEqual(
      [],
    );
    expect(run).toMatchObject({ status: 0, report: { verdict: 'passed', rto: { measuredMs: null, met: null } } });
    const rungs = run.report?.rungs ?? [];
    expect(rungs).toHaveLength(11);
    expect(rungs.every(({ reached, proof }) => reached && proof !== null)).toBe(true);
    const positions = rungs.map(({ lsn }) => position(lsn));
    expect(positions).toEqual(positions.toSorted((a, b) => (a < b ? -1 : Number(a > b))));
    for (const rung of rungs) {
      const index =
        rung.type === 'time'
          ? firstAfter(rung.value ?? '')
          : of().endings.findIndex(({ lsn }) => position(lsn) >= position(rung.lsn));
      const shown = JSON.stringify(rung);
      if (rung.type === 'time') expect(position(rung.lsn), shown).toBe(position(of().endings[index]?.lsn ?? ''));
      if (rung.type === 'xid') expect(lastCommit(index)?.xid, shown).toBe(rung.value);
      expect(position(rung.lastCommit?.lsn ?? ''), shown).toBe(position(lastCommit(index)?.lsn ?? ''));
      const checks = rung.state === 'promoted' ? (run.report?.checks ?? []) : rung.checks;
      expect(checks.find(({ name }) => name === 'rows')?.observed, shown).toBe(String(rowsBefore(index)));
      if (rung.state === 'read-only') expect(checks.map(({ name }) => name)).toEqual(['rows', 'there']);
    }
    const there = rungs.flatMap(({ value, checks }) =>
      checks.filter(({ name }) => name === 'there').map(({ observed }) => [value, observed]),
    );
    const isThere = new Map(there as [string, string][]);
    const seen = (moment: string): string | undefined =>
      [...isThere].find(([value]) => parseInstant(value) === instant(moment))?.[1];
    expect([seen(moments.early), seen(moments.ddl), seen(moments.gap)]).toEqual(['false', 'true', 'false']);
    expect(run.report?.checks.find(({ name }) => name === 'of a command')?.status).toBe('passed');
    expect(run.report?.recovery).toMatchObject({ state: 'read-write', replayMs: null, timeline: 3 });
    expect(leftovers(at)).toEqual([]);
  });
});
