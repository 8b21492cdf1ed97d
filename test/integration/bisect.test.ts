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
