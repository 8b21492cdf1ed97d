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
