import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { CleanupStack } from '../../../src/core/cleanup.ts';

const forever = (signal: AbortSignal): Promise<void> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('told to stop')), { once: true });
  });

test('what was made last is undone first, one after the other', async () => {
  const order: string[] = [];
  const stack = new CleanupStack();
  for (const name of ['lock', 'directory', 'server']) {
    stack.push(name, async () => {
      order.push(`${name} begins`);
      await delay(1);
      order.push(`${name} ends`);
    });
  }
  await stack.unwind();
  expect(order).toEqual([
    'server begins',
    'server ends',
    'directory begins',
    'directory ends',
    'lock begins',
    'lock ends',
  ]);
});

test('a step that fails is reported and stops no other', async () => {
  const stack = new CleanupStack();
  stack.push('first', () => Promise.resolve());
  stack.push('rejects', () => Promise.reject(new Error('no')));
  stack.push('throws', () => {
    throw new TypeError('at once');
  });
  expect(await stack.unwind()).toEqual([
    { label: 'throws', ok: false, message: 'at once' },
    { label: 'rejects', ok: false, message: 'no' },
    { label: 'first', ok: true, message: null },
  ]);
});

test('each step has a deadline of its own', async () => {
  const stack = new CleanupStack();
  stack.push('after', () => Promise.resolve());
  stack.push('hangs', forever, { deadlineMs: 5 });
  const steps = await stack.unwind();
  expect(steps.map(({ label, ok }) => [label, ok])).toEqual([
    ['hangs', false],
    ['after', true],
  ]);
});

test('a step that ignores its deadline does not hold up the others for ever', async () => {
  const stack = new CleanupStack({ graceMs: 1 });
  stack.push('after', () => Promise.resolve());
  stack.push('deaf', () => new Promise(() => {}), { deadlineMs: 5 });
  const steps = await stack.unwind();
  expect(steps.map(({ label, ok }) => [label, ok])).toEqual([
    ['deaf', false],
    ['after', true],
  ]);
});

test('hurrying tells the running step to stop', async () => {
  const hurry = new AbortController();
  const stack = new CleanupStack({ hurry: hurry.signal });
  stack.push('hangs', forever);
  const steps = stack.unwind();
  hurry.abort();
  expect(await steps).toEqual([{ label: 'hangs', ok: false, message: 'told to stop' }]);
});

const deaf = (): Promise<void> => new Promise(() => {});
const TOLD = AbortSignal.abort();

test.each([
  { when: 'the user waits for the end', options: { told: TOLD }, unwinding: {} },
  { when: 'somebody did not answer before', options: {}, unwinding: { inDoubt: true } },
])('when $when, all steps together have a while, and what needs nobody is done after it', async (row) => {
  const stack = new CleanupStack({ ...row.options, patienceMs: 5, graceMs: 1 });
  stack.push('lock', () => Promise.resolve());
  stack.push('network', deaf);
  stack.push('container', forever);
  const steps = await stack.unwind(row.unwinding);
  expect(steps.map(({ label, ok }) => [label, ok])).toEqual([
    ['container', false],
    ['network', false],
    ['lock', true],
  ]);
});

test('a Ctrl-C during the cleanup ends the patience as well', async () => {
  const told = new AbortController();
  const stack = new CleanupStack({ told: told.signal, patienceMs: 5, graceMs: 1 });
  stack.push('container', deaf);
  const steps = stack.unwind();
  told.abort();
  expect(await steps).toEqual([
    { label: 'container', ok: false, message: expect.stringContaining('not done in time') },
  ]);
});

test('after a step that was given up the others together have a while', async () => {
  const stack = new CleanupStack({ patienceMs: 5, graceMs: 1 });
  stack.push('network', deaf);
  stack.push('container', deaf, { deadlineMs: 5 });
  expect((await stack.unwind()).map(({ ok }) => ok)).toEqual([false, false]);
});

test('what nobody goes on with is waited for all the same', async () => {
  const stack = new CleanupStack({ told: TOLD, patienceMs: 1, graceMs: 1 });
  stack.push('directory', () => delay(50), { endsWithUs: true });
  expect(await stack.unwind()).toEqual([{ label: 'directory', ok: true, message: null }]);
});

test('when the run is kept, only what must be undone even so is undone', async () => {
  const stack = new CleanupStack();
  stack.push('lock', () => Promise.resolve(), { evenWhenKept: true });
  stack.push('server', () => Promise.reject(new Error('must not be stopped')));
  expect(await stack.unwind({ kept: true })).toEqual([{ label: 'lock', ok: true, message: null }]);
});

test('everything is undone once', async () => {
  let count = 0;
  const stack = new CleanupStack();
  stack.push('x', () => {
    count += 1;
    return Promise.resolve();
  });
  await stack.unwind();
  expect(await stack.unwind()).toEqual([]);
  expect(count).toBe(1);
});
