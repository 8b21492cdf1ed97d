import { z } from 'zod';
import { text } from './values.ts';

/** When production was compared with the copy; what came of each query stands among the checks. */
export const comparisonReport = z.strictObject({
  productionAskedAt: text.describe('ISO 8601, UTC: before the archive was listed; null: it could not be asked'),
  productionAnsweredAt: text.describe('ISO 8601, UTC: when it had answered all'),
  copyStateAt: text.describe('ISO 8601, UTC: the last commit that the copy has; null: none was replayed'),
  copyAskedAt: text.describe('ISO 8601, UTC; null: it was not asked'),
  problem: text.describe('why production could not be asked'),
});
