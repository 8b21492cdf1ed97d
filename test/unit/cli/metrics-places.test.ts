import { expect, onTestFinished, test } from 'vitest';
import { withAllHere } from '../../../src/cli/metrics/drill-metrics.ts';
import { directoryWith } from '../../fixtures/plans.ts';

test('where reports are if not where a plan says is of the plans that are named alone; each plan is there once', () => {
  const here = process.cwd();
  onTestFinished(() => process.chdir(here));
  process.chdir(directoryWith({ 'drills/billing.yaml': '', 'drills/orders.yaml': '', 'drills/users.yaml': '' }));
  const places = withAllHere(['orders', 'drills/orders.yaml'], '/srv/reports');
  const [first, ...others] = places;
  expect(first).toEqual({ file: 'drills/orders.yaml', reports: '/srv/reports' });
  expect(others.map(({ file }) => file)).toEqual(['drills/billing.yaml', 'drills/users.yaml']);
  expect(others.filter(({ reports }) => reports !== undefined)).toEqual([]);
});
