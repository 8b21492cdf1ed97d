import { hostname } from 'node:os';
import { currentUser } from '../host/run-user.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import type { DrillReport } from '../report/report.ts';
import { buildReport } from './judge/build-report.ts';
import { configuredCopies } from './judge/copies.ts';
import { measuredOf } from '../forecast/measured.ts';
import { otherWalFetch } from './judge/other-wal-fetch.ts';
import { soonMissed } from './judge/soon-missed.ts';
import { figuresOf, regressionOf } from './judge/regression.ts';
import type { CleanedUp } from './phases/cleanup.ts';
import type { RecordedRun, Run } from './run.ts';

/** The report of a run that has ended and was cleaned up, with what earlier runs say of its copies and of its RTO. */
export async function reportOf(
  { record, services, folder, store }: RecordedRun,
  { steps, kept }: CleanedUp,
): Promise<DrillReport> {
  const { clock, trigger, fallbackOf, sandbox, version } = services;
  const { runId, plan, ready } = record;
  const before = { runId, startedAt: record.startedAt.toISOString() };
  const about = { stanza: plan.source.stanza, systemId: ready?.database.systemId ?? null, before };
  const report = buildReport(record, {
    steps,
    kept,
    finishedAt: clock.now(),
    number: folder.number,
    findings: folder.problems(),
    trigger,
    fallbackOf,
    sandbox,
    evidence: folder.evidence(),
    environment: { pgdrill: version, node: process.version, host: hostname(), user: currentUser().name },
    pasts: await store.pastOf(configuredCopies(record), about),
  });
  const beside = [...(await slowerThanBefore(report, plan, store)), ...(await soonTooSlow(report, plan, store))];
  const recovery = await besideTheOtherWay(report, store);
  return { ...report, recovery, reasons: [...report.reasons, ...beside] };
}

async function besideTheOtherWay(report: DrillReport, store: Run['store']): Promise<DrillReport['recovery']> {
  const { recovery } = report;
  if (recovery === null || measuredOf(report) === null) return recovery;
  return { ...recovery, otherWalFetch: otherWalFetch(report, await store.passedTheOtherWay(report)) };
}

/** More runs than these say nothing more of how the data grow. */
const MOST_FORECAST_FROM = 24;

async function soonTooSlow(
  report: DrillReport,
  { objectives: { rtoMs, forecastMs } }: DrillPlan,
  store: Run['store'],
): Promise<DrillReport['reasons']> {
  if (rtoMs === null || forecastMs === null || measuredOf(report) === null) return [];
  const reports = [report, ...(await store.passedLike(report, MOST_FORECAST_FROM))];
  const found = soonMissed(
    reports.flatMap((one) => measuredOf(one) ?? []),
    { rtoMs, forecastMs },
  );
  return found === null ? [] : [found];
}

async function slowerThanBefore(
  report: DrillReport,
  { objectives: { regression } }: DrillPlan,
  store: Run['store'],
): Promise<DrillReport['reasons']> {
  const figures = figuresOf(report);
  if (regression === null || figures === null) return [];
  const found = regressionOf(figures, await store.figuresBefore(report, regression.runs), regression);
  return found === null ? [] : [found];
}
