import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { readState, STATE_FILE } from '../../src/checks/baseline/state.ts';
import { drill, workspace, writePlan } from '../fixtures/drill.ts';

const [, m2] = inject('golden').marks;

test('each run is compared with the last passed one: what is gone and what is less fails it, until it is taken as right', async () => {
  const place = workspace();
  const baseline = { exact: [{ table: 'public.marks' }] };
  const plan = writePlan(place, 'compared', { baseline });
  const first = await drill(place, plan);
  expect(first).toMatchObject({ status: 0, report: { reasons: [], baseline: { comparedWith: null } } });
  expect(first.report?.evidence.map(({ file }) => file)).toContain(STATE_FILE);

  const second = await drill(place, plan);
  const nothing = { count: 0, first: [] };
  const same = { gone: nothing, fewer: nothing, changed: nothing };
  expect(second).toMatchObject({
    status: 0,
    report: { reasons: [], baseline: { comparedWith: first.report?.runId, ...same } },
  });

  // As if production had had more then.
  const file = join(second.folder, STATE_FILE);
  const state = readState(readFileSync(file, 'utf8'));
  const marks = state?.databases[0]?.relations.find(({ name }) => name === 'public.marks');
  expect(marks).toMatchObject({ kind: 'r', exactRows: 6 });
  // Partitions come and go; their rows are those of their table.
  const parts = state?.databases[0]?.relations.filter(({ name }) => name.includes('parts'));
  expect(parts).toMatchObject([{ name: 'public.parts', kind: 'p', rows: 20 }]);
  const more = [
    { ...marks, name: 'public.lost' },
    { ...marks, exactRows: 7, schema: 'another' },
  ];
  const relations = [...(state?.databases[0]?.relations ?? []).filter(({ name }) => name !== 'public.marks'), ...more];
  writeFileSync(file, JSON.stringify({ ...state, databases: [{ ...state?.databases[0], relations }] }));
  const third = await drill(place, plan);
  expect(third).toMatchObject({ status: 1, report: { verdict: 'failed' } });
  expect(third.report?.reasons).toMatchObject([
    { code: 'table-gone', message: expect.stringContaining('postgres: public.lost') as string },
    { code: 'rows-fewer', message: expect.stringContaining('postgres: public.marks has 6 rows, and had 7') as string },
    { code: 'schema-changed', message: expect.stringContaining('postgres: public.marks') as string },
  ]);

  expect(await drill(place, plan, '--new-baseline')).toMatchObject({ status: 0, report: { reasons: [] } });
  const chosen = await drill(place, plan, '--target-time', m2?.after ?? '');
  expect(chosen).toMatchObject({ status: 0, report: { baseline: { comparedWith: null, relations: 0 } } });
});

test('a table that the plan wants counted and that is not there fails, and names can be kept out of the file', async () => {
  const place = workspace();
  const baseline = { exact: [{ table: 'public.marks' }, { table: 'public.nowhere' }], redact: true };
  const run = await drill(place, writePlan(place, 'missing', { baseline }));
  expect(run).toMatchObject({ status: 1, report: { reasons: [{ code: 'table-gone' }] } });
  expect(run.report?.reasons[0]?.message).toContain('public.nowhere');
  const text = readFileSync(join(run.folder, STATE_FILE), 'utf8');
  expect(text).not.toContain('marks');
  expect(text).toContain('"exactRows":6');
});

test('names may be kept out of the file from one run to the next, and come back: nothing is gone by that', async () => {
  const place = workspace();
  for (const redact of [false, true, false]) {
    const baseline = { exact: [{ table: 'public.marks' }], redact };
    const run = await drill(place, writePlan(place, 'switched', { baseline }));
    expect(run).toMatchObject({ status: 0, report: { reasons: [] } });
  }
});
