import { expect, test } from 'vitest';
import { withAllHere } from '../../../src/cli/metrics/drill-metrics.ts';
import { planFiles } from '../../../src/cli/plans/plan-files.ts';

test('where reports are if not where a plan says is of the plans that are named alone; each plan is there once', () => {
  const places = withAllHere(['orders', 'drills/orders.yaml'], '/srv/reports');
  const [first, ...others] = places;
  expect(first).toEqual({ file: 'drills/orders.yaml', reports: '/srv/reports' });
  expect(others.map(({ file }) => file)).toEqual(planFiles().filter((file) => file !== 'drills/orders.yaml'));
  expect(others.filter(({ reports }) => reports !== undefined)).toEqual([]);
});
