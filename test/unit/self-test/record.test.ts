import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRecord } from '../../../src/self-test/record.ts';
import { drillErrorOf } from '../../fixtures/errors.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';

test('reports that cannot be written to are refused before anything begins, by root as well', () => {
  expect(drillErrorOf(() => openRecord('/proc/reports'))).toMatchObject({ code: 'reports-not-writable' });
});

test('of a self-test that was refused nothing is left', () => {
  const reports = join(temporaryDirectory(), 'reports');
  const discard = openRecord(reports);
  expect(existsSync(join(reports, 'self-tests'))).toBe(true);
  discard();
  expect(existsSync(reports)).toBe(false);
});
