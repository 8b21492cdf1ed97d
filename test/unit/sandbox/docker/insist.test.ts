import { expect, test } from 'vitest';
import { insist } from '../../../../src/sandbox/docker/insist.ts';

/** What an engine answers, one after the other; then it does what it was asked. */
function engine(...statusCodes: number[]): { calls: () => number; remove: () => Promise<void> } {
  let calls = 0;
  return {
    calls: () => calls,
    remove: () => {
      const statusCode = statusCodes[calls];
      calls += 1;
      return statusCode === undefined
        ? Promise.resolve()
        : Promise.reject(Object.assign(new Error('no'), { statusCode }));
    },
  };
}

test.each([
  { answers: [], calls: 1 },
  { answers: [404], calls: 1 },
  { answers: [409, 409], calls: 3 },
  { answers: [403], calls: 2 },
  { answers: [409, 404], calls: 2 },
])('an engine that answers $answers is asked $calls times', async ({ answers, calls }) => {
  const asked = engine(...answers);
  await insist(asked.remove);
  expect(asked.calls()).toBe(calls);
});

test('any other answer is an error at once', async () => {
  const asked = engine(500);
  await expect(insist(asked.remove)).rejects.toMatchObject({ statusCode: 500 });
  expect(asked.calls()).toBe(1);
});
