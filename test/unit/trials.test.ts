import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TRIAL_SECTIONS, TRIALS } from '../trials/table.ts';

const RUN = globSync('test/trials/*.test.ts')
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

test('each trial has an id of its own, in a section that there is', () => {
  expect(new Set(TRIALS.map(({ id }) => id)).size).toBe(TRIALS.length);
  for (const { id } of TRIALS) expect(Object.keys(TRIAL_SECTIONS), id).toContain(id[0]);
});

test('each trial of the table is run by a test', () => {
  const notRun = TRIALS.filter(({ id }) => !new RegExp(`(trial|claim)\\(\\s*'${id}',`).test(RUN));
  expect(notRun.map(({ id }) => id)).toEqual([]);
});
