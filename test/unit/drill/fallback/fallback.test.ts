import { describe, expect, test } from 'vitest';
import { DrillError } from '../../../../src/core/errors.ts';
import { fallbackOf } from '../../../../src/drill/fallback/fallback.ts';
import type { DrillPlan } from '../../../../src/plan/drill-plan.ts';
import type { DrillReport } from '../../../../src/report/report.ts';
import { planOf, plansOf } from '../../../fixtures/plans.ts';
import { preflightOf } from '../../../fixtures/preflight.ts';
import { runEndedIn, sampleReport } from '../../../fixtures/sample-report.ts';

const WRITTEN = `
name: orders
source: { stanza: main, repo: 1 }
onFailure: fallback
deadline: 2h
schedule: monthly
controls: [SOC2-A1.3]
runbook: { write: /srv/runbook.md }
compare: { dsn: env:PRODUCTION, queries: [{ name: rows, database: shop, sql: select 1 }] }
`;

interface Given {
  readonly plan?: DrillPlan;
  readonly report?: DrillReport;
  readonly endedBy?: DrillError | null;
  readonly keptInstance?: boolean;
  readonly signal?: AbortSignal;
}

function after(given: Given = {}) {
  const { plan = planOf(WRITTEN), keptInstance = false, signal = new AbortController().signal } = given;
  const { report = runEndedIn('restore'), endedBy = new DrillError('checksum-mismatch', 'it is damaged') } = given;
  const environment = new Map([
    ['repo1-path', '/r1'],
    ['repo2-path', '/r2'],
  ]);
  const config = { entries: [], sections: [], files: [], environment };
  const record = { plan, config, ready: preflightOf(), repository: 1 };
  return fallbackOf({ record, report, endedBy, keptInstance, signal });
}

test('is a plan of its own, which is tried once, counts for nothing and asks production nothing', () => {
  expect(after()).toMatchObject({
    report: { tried: true, code: 'checksum-mismatch', repo: 2, backup: 'latest', run: null },
    plan: {
      name: 'orders',
      source: { stanza: 'main', repo: 2, backup: 'latest' },
      target: { type: 'latest' },
      rotation: null,
      fallback: null,
      schedule: null,
      controls: [],
      runbook: null,
      compare: null,
    },
  });
});

test('has what the first run has left of the deadline', () => {
  const { startedAt, finishedAt } = runEndedIn('restore');
  const took = Date.parse(finishedAt) - Date.parse(startedAt);
  expect(took).toBeGreaterThan(0);
  expect(after()?.plan?.deadlineMs).toBe(7_200_000 - took);
});

test('is nothing after a run that passed, or where the plan wants none', () => {
  expect(after({ report: sampleReport(), endedBy: null })).toBeNull();
  expect(after({ plan: planOf('name: orders\nsource: { stanza: main }\n') })).toBeNull();
});

describe('is not tried, and says why', () => {
  const failed = runEndedIn('restore');
  const left = { ...failed.cleanup, done: false };
  const late = { ...failed, finishedAt: new Date(Date.parse(failed.startedAt) + 7_200_000).toISOString() };
  test.each<[string, Given, RegExp]>([
    ['after no answer', { report: { ...failed, verdict: 'inconclusive' } }, /inconclusive says nothing/],
    ['after a signal', { signal: AbortSignal.abort() }, /ended by a signal/],
    ['beside an instance that was kept', { keptInstance: true }, /the instance was kept/],
    ['where something could not be removed', { report: { ...failed, cleanup: left } }, /could not be removed/],
    ['after the deadline', { report: late }, /the deadline of the plan is over/],
    ['where no other set helps', { endedBy: new DrillError('isolation-broken', 'x') }, /the sandbox is at fault/],
  ])('%s', (_, given, why) => {
    const { report, plan } = after(given) ?? {};
    expect(plan).toBeNull();
    expect(report).toMatchObject({ tried: false, repo: null, why: expect.stringMatching(why) as string });
  });
});

test('of a plan of two repositories stays in its own, since the other is drilled anyway', () => {
  const plans = plansOf('name: orders\nsource: { stanza: main, repo: [1, 2] }\nonFailure: fallback\n');
  expect(plans.map(({ fallback }) => fallback?.drilledAnyway)).toEqual([[2], [1]]);
  expect(after({ plan: plans[0] ?? planOf(WRITTEN) })?.report).toMatchObject({
    tried: false,
    why: expect.stringContaining('the plan drills repository 2 anyway') as string,
  });
});
