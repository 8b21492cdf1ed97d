import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runInLanes, type Waiting } from '../../../../src/cli/all/queue.ts';
import { fitsBeside, needOf, type Need } from '../../../../src/cli/all/room.ts';

const need = (neededBytes: number, differences: Partial<Need> = {}): Need => ({
  place: 'device 1',
  neededBytes,
  reserveBytes: 10,
  freeBytes: 100,
  ...differences,
});

const outlined = (path: string, place = ''): Parameters<typeof needOf>[0] => ({
  disk: { path, neededBytes: 1, reserveBytes: 1, freeBytes: 1 },
  sandbox: { kind: 'ssh', place },
});

describe('a drill fits beside those that run', () => {
  test.each<[string, Need | null, (Need | null)[], boolean]>([
    ['alone, whatever it takes', need(1000), [], true],
    ['while all of them and what is to stay free fit', need(45), [need(45)], true],
    ['and no longer', need(46), [need(45)], false],
    ['the greatest reserve of them counts', need(45), [need(40, { reserveBytes: 16 })], false],
    ['elsewhere there is other room', need(90), [need(90, { place: 'device 2' })], true],
    ['where nothing is known of the room', need(90, { freeBytes: null }), [need(90)], true],
    ['where nothing is known of it', null, [need(90)], true],
    ['beside one of which nothing is known', need(90), [null], true],
    ['the least room that was seen counts', need(40), [need(40, { freeBytes: 80 })], false],
  ])('%s', (_, next, running, fits) => {
    expect(fitsBeside(next, running)).toBe(fits);
  });

  test('two directories of one file system are one place; those of other machines are told by their names', () => {
    expect(needOf(outlined('/usr/no-such/drills'), true).place).toBe(needOf(outlined('/usr'), true).place);
    expect(needOf(outlined('/srv', ' on a'), false).place).not.toBe(needOf(outlined('/srv', ' on b'), false).place);
  });
});

interface Job extends Waiting {
  readonly id: number;
}

/** Runs jobs that end one at a time, in the order that `pick` gives, and tells which ran beside which. */
async function watch(
  jobs: readonly Job[],
  lanes: number,
  pick: (count: number) => number,
): Promise<{ begun: number[]; beside: Job[][]; left: Job[] }> {
  const running: { job: Job; end: () => void }[] = [];
  const begun: number[] = [];
  const beside: Job[][] = [];
  const run = (job: Job): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    running.push({ job, end: resolve });
    begun.push(job.id);
    beside.push(running.map((one) => one.job));
    return promise;
  };
  const all = runInLanes(jobs, { lanes, run, signal: new AbortController().signal });
  const done = { isDone: false };
  const ended = all.finally(() => (done.isDone = true));
  while (!done.isDone) {
    running.splice(pick(running.length), 1)[0]?.end();
    await new Promise((resolve) => void setImmediate(resolve));
  }
  return { begun, beside, left: await ended };
}

const jobs = fc
  .array(fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), need: fc.option(fc.integer({ min: 1, max: 120 })) }), {
    maxLength: 12,
  })
  .map((all) => all.map((one, id): Job => ({ id, name: one.name, need: one.need === null ? null : need(one.need) })));

test('each runs once, and beside it no more than there is room, lanes and a name for', async () => {
  await fc.assert(
    fc.asyncProperty(jobs, fc.integer({ min: 1, max: 4 }), fc.infiniteStream(fc.nat()), async (all, lanes, choices) => {
      const { begun, beside, left } = await watch(
        all,
        lanes,
        (count) => (choices.next().value ?? 0) % Math.max(1, count),
      );
      expect(begun.toSorted((a, b) => a - b)).toEqual(all.map(({ id }) => id));
      expect(left).toEqual([]);
      for (const together of beside) {
        expect(together.length).toBeLessThanOrEqual(lanes);
        expect(new Set(together.map(({ name }) => name)).size).toBe(together.length);
        const known = together.flatMap((job) => job.need ?? []);
        const taken = known.reduce((sum, { neededBytes }) => sum + neededBytes, 0);
        expect(known.length < 2 || taken + 10 <= 100).toBe(true);
      }
    }),
  );
});

test('one by one they run in their order', async () => {
  const all = [3, 1, 2].map((id): Job => ({ id, name: String(id), need: need(200) }));
  expect((await watch(all, 1, () => 0)).begun).toEqual([3, 1, 2]);
});

test('one that does not fit waits, and those that do go before it', async () => {
  const all = [60, 60, 20].map((bytes, id): Job => ({ id, name: String(id), need: need(bytes) }));
  expect((await watch(all, 3, () => 0)).begun).toEqual([0, 2, 1]);
});

test('what is wrong with one is thrown when all have ended, and nothing is begun after the end was asked for', async () => {
  const all = [0, 1, 2].map((id): Job => ({ id, name: String(id), need: null }));
  const end = new AbortController();
  const seen: number[] = [];
  const fault = runInLanes(all, {
    lanes: 1,
    run: ({ id }) => {
      seen.push(id);
      return id === 0 ? Promise.reject(new Error('a fault')) : Promise.resolve();
    },
    signal: end.signal,
  });
  await expect(fault).rejects.toThrow('a fault');
  expect(seen).toEqual([0, 1, 2]);
  end.abort();
  expect(await runInLanes(all, { lanes: 1, run: () => Promise.resolve(), signal: end.signal })).toEqual(all);
});
