import { expect, test } from 'vitest';
import { orGiveUp } from '../../../src/core/give-up.ts';

const never = new Promise<string>(() => {});

test('what ends by itself is not given up', async () => {
  let given = false;
  const onGivenUp = (): void => {
    given = true;
  };
  expect(await orGiveUp(Promise.resolve('done'), AbortSignal.abort(), 0, onGivenUp)).toBe('done');
  await expect(orGiveUp(Promise.reject(new Error('no')), AbortSignal.abort(), 0, onGivenUp)).rejects.toThrow('no');
  expect(given).toBe(false);
});

test.each(['before', 'meanwhile'])('what was told %s to end, and does not, is given up', async (when) => {
  const controller = new AbortController();
  const end = (): void => controller.abort(new Error('over'));
  let given = false;
  if (when === 'before') end();
  const ended = orGiveUp(never, controller.signal, 1, () => {
    given = true;
  });
  if (when === 'meanwhile') end();
  await expect(ended).rejects.toThrow('over');
  expect(given).toBe(true);
});
