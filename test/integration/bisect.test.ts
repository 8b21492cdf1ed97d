import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bisectSchema, type BisectDocument } from '../../src/bisect/document.ts';
import { makeBisectHistory, type BisectHistory } from '../fixtures/bisect-history.ts';
import { command, leftovers, workspace, writePlan } from '../fixtures/drill.ts';

let history: BisectHistory;

beforeAll(async () => {
  history = await makeBisectHistory();
});
afterAll(() => rmSync(history.root, { recursive: true, force: true }));

interface Bisected {
  readonly status: number | null;
  readonly answer: BisectDocument;
}

/** Runs `drill bisect` with a predicate. */
async function bisect(sql: string, ...options: string[]): Promise<Bisected> {
  const place = workspace(history);
  const plan = writePlan(place, 'bisect', { name: place.name });
  const places = ['--config', place.config, '--reports', place.reports, '--json'];
  const { status, stdout } = await command(place, ['bisect', plan, '--sql', sql, ...places, ...options]);
  expect(leftovers(place)).toEqual([]);
  const answer = bisectSchema.parse(JSON.parse(stdout));
  const folder = join(place.reports, 'bisections', answer.id);
  expect(JSON.parse(readFileSync(join(folder, 'bisect.json'), 'utf8'))).toEqual(answer);
  return { status, answer };
}

/** What production itself said that it did to a table. */
function xidsOf(name: string): string[] {
  return (history.accidents.get(name) ?? []).map(({ xid }) => xid);
}

/** From what to what the answer changed, and by which transactions. */
function changes({ flips }: BisectDocument): string[] {
  return flips.map(
    ({ before, after, transactions }) => `${before.state} ${after.state} ${transactions.map(({ xid }) => xid).join()}`,
  );
}

test('a wrong UPDATE is named and proven, with what recovers to right before it', async () => {
  const { status, answer } = await bisect('select sum(total) > 0 from orders');
  const [xid] = xidsOf('orders');
  expect(changes(answer)).toEqual([`true false ${xid}`]);
  expect(answer).toMatchObject({ outcome: 'found', culprit: 0, allFlips: true, reason: null, left: [] });
  expect(answer.flips[0]?.restore?.join(' ')).toContain(`--type=xid --target=${xid} --target-exclusive`);
  expect(status).toBe(0);
});

test('all flips of a flag are named, in their order; the last that made it false is the culprit', async () => {
  const { answer } = await bisect('select is_on from flag');
  const [off, on, offAgain, onAgain] = xidsOf('flag');
  expect(changes(answer)).toEqual([
    `true false ${off}`,
    `false true ${on}`,
    `true false ${offAgain}`,
    `false true ${onAgain}`,
  ]);
  expect(answer).toMatchObject({ outcome: 'found', culprit: 2, allFlips: true });
});

test('what a subtransaction did is that of its transaction, and what was rolled back is nobodys', async () => {
  const { answer } = await bisect('select count(*) = 100 and min(amount) > 0 from stock');
  expect(changes(answer)).toEqual([`true false ${xidsOf('stock')[0]}`]);
  // The savepoint that was gone back to lives on, and the one in it.
  expect(answer.flips[0]?.transactions[0]?.subtransactions).toHaveLength(2);
  expect(answer.flips[0]?.transactions[0]?.touched).toEqual([
    { relation: 'public.stock', kind: 'DELETE', records: 50 },
  ]);
});

test('a transaction that was prepared counts from its commit on', async () => {
  const { answer } = await bisect('select count(*) > 0 from deposits');
  expect(changes(answer)).toEqual([`true false ${xidsOf('deposits')[0]}`]);
  expect(answer.flips[0]?.transactions[0]).toMatchObject({ prepared: true });
});

test('TRUNCATE gives a table another file, and what is written there afterwards is seen', async () => {
  const { answer } = await bisect('select count(*) > 0 from events');
  const [truncate, insert] = xidsOf('events');
  expect(changes(answer)).toEqual([`true false ${truncate}`, `false true ${insert}`]);
});

test('so does a rewrite', async () => {
  const { answer } = await bisect('select sum(value) > 0 from readings');
  expect(changes(answer)).toEqual([`true false ${xidsOf('readings')[0]}`]);
});

test('a table that is dropped ends the predicate with an error, and one of its name brings it back', async () => {
  const { answer } = await bisect('select count(*) > 0 from customers');
  const [drop, create] = xidsOf('customers');
  expect(changes(answer)).toEqual([`true error ${drop}`, `error true ${create}`]);
  expect(answer).toMatchObject({ outcome: 'found', culprit: 0 });
});

test('a partition with rows that is attached later is a part of the table', async () => {
  const { answer } = await bisect('select count(*) = 1 from parts');
  expect(changes(answer)).toEqual([`true false ${xidsOf('parts')[0]}`]);
});

test('of a function it is not known what it reads: every transaction is a candidate, but for those of a table that is named', async () => {
  const all = await bisect('select hidden_is_there()');
  const named = await bisect('select hidden_is_there()', '--table', 'hidden');
  const expected = [`true false ${xidsOf('hidden')[0]}`];
  expect([changes(all.answer), changes(named.answer)]).toEqual([expected, expected]);
  expect(all.answer.passes[0]?.candidates).toBeGreaterThan(20);
  expect(named.answer.passes[0]?.candidates).toBe(1);
});

test('behind a failover the new timeline is followed', async () => {
  const { answer } = await bisect('select min(price) > 0 from prices');
  expect(changes(answer)).toEqual([`true false ${xidsOf('prices')[0]}`]);
});

test('a range of moments or positions leaves out what lies outside', async () => {
  const [, , off, on] = history.accidents.get('flag') ?? [];
  const from = await bisect('select is_on from flag', '--from', on?.lsnBefore ?? '');
  expect(changes(from.answer)).toEqual([`false true ${on?.xid}`]);
  expect(from).toMatchObject({ status: 1, answer: { outcome: 'not-made-false', culprit: null } });
  const to = await bisect('select is_on from flag', '--from', history.early, '--to', on?.lsnBefore ?? '');
  expect(changes(to.answer).at(-1)).toBe(`true false ${off?.xid}`);
  expect(to).toMatchObject({ status: 0, answer: { culprit: 2, last: { state: 'false' } } });
});

test('where nothing made it false that is said, with what it was all along', async () => {
  const always = await bisect('select count(*) = 1 from prices', '--to', history.late);
  expect(always).toMatchObject({ status: 1, answer: { outcome: 'always-true', flips: [], last: { state: 'true' } } });
  const never = await bisect('select count(*) > 5 from prices');
  expect(never).toMatchObject({ status: 1, answer: { outcome: 'never-true', flips: [], start: { state: 'false' } } });
});

test('a predicate that is none is no answer', async () => {
  const wrong = await bisect('select selekt');
  expect(wrong).toMatchObject({ status: 1 });
  const number = await bisect('select 1');
  expect(number).toMatchObject({
    status: 3,
    answer: { outcome: 'inconclusive', reason: { code: 'bisect-unanswered' } },
  });
});
