import type { DrillReport } from '../../report/report.ts';
import type { Fault } from '../fault.ts';

const NAME = 'self-test: a check that does not hold';

export const failingCheck: Fault = {
  does: 'a check is added that does not hold',
  changesRepository: false,
  codes: ['check-failed'],
  blames: 'pgdrill',
  make: ({ plan }) => ({
    overrides: [
      { path: ['checks', plan.checks.length], value: { name: NAME, sql: 'select false' }, option: 'the check' },
    ],
    isSeen: (report) => hasFailed(report, NAME),
  }),
};

/** Whether a check of this name was asked, and did not hold. */
export function hasFailed({ checks }: DrillReport, name: string): boolean {
  return checks.some((check) => check.name === name && check.status === 'failed');
}
