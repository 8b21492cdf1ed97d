import type { DrillPlan } from '../../plan/drill-plan.ts';
import { standingOf } from '../../schedule/standing.ts';
import type { DrillOnRecord } from '../../store/ledger/index-answers.ts';
import { RunStore } from '../../store/run-store.ts';
import type { ScheduledDrill } from '../view/schedules.ts';

/** What a run may take to clean up after its deadline. */
export const CLEANUP_MS = 30 * 60_000;

/**
 * How the drills of some plans stand with their schedules: each drill once. One that goes to several repositories has passed when
 * each of them has.
 */
export function scheduledDrills(plans: readonly DrillPlan[], now: Date, graceMs: number): ScheduledDrill[] {
  const drills = [...Map.groupBy(plans, ({ name }) => name).values()];
  return drills.flatMap((ofOne) => {
    const [plan] = ofOne;
    return plan === undefined ? [] : [scheduledDrill(plan, recordOf(ofOne, now), now, graceMs)];
  });
}

/** What is on record of the drill of some plans: one for each repository that it goes to. */
export function recordOf(ofOne: readonly Pick<DrillPlan, 'name' | 'reports' | 'source'>[], now: Date): DrillOnRecord {
  const [plan] = ofOne;
  if (plan === undefined) throw new Error('a drill without a plan');
  const repositories = ofOne.map(({ source }) => source.repo);
  return new RunStore(plan.reports).lastOfDrill(plan.name, now, repositories);
}

function scheduledDrill(plan: DrillPlan, record: DrillOnRecord, now: Date, graceMs: number): ScheduledDrill {
  const { name, schedule, deadlineMs } = plan;
  const { lastBegun, lastPassed, openSince } = record;
  if (schedule === null)
    return { drill: name, schedule, lastBegun, lastPassed, dueAt: null, nextDue: null, alarm: null };
  // A run that nobody could put an end to on record is over by then, whatever has become of it.
  const mayRun = openSince !== null && now.getTime() - Date.parse(openSince) <= deadlineMs + CLEANUP_MS;
  const known = { ...record, openSince: mayRun ? openSince : null };
  const { dueAt, nextDue, alarm } = standingOf(schedule, known, now, graceMs);
  return {
    drill: name,
    schedule: schedule.text,
    lastBegun,
    lastPassed,
    dueAt: dueAt?.toISOString() ?? null,
    nextDue: nextDue?.toISOString() ?? null,
    alarm,
  };
}
