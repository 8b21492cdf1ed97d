import { expect, test } from 'vitest';
import { askRepository, faultOf } from '../../../src/check-up/look-repository.ts';
import { DrillError } from '../../../src/core/errors.ts';
import { pgbackrestPrinting } from '../../fixtures/pgbackrest-program.ts';

test('a repository that does not answer in time is one that nothing is known of', async () => {
  const { program } = pgbackrestPrinting({ stdout: '', hangs: true });
  const asked = await askRepository(1, program, AbortSignal.timeout(1));
  expect(asked).toMatchObject({ info: null, fault: { code: 'repo-timeout' } });
});

test('a signal ends the look', () => {
  const error = new DrillError('cancelled', 'ended');
  expect(() => faultOf(error, AbortSignal.abort())).toThrow(error);
});

test('an error of a kind that nobody expects is a bug', () => {
  expect(() => faultOf(new TypeError('oops'), new AbortController().signal)).toThrow(TypeError);
});
