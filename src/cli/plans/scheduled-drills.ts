import type { DrillPlan } from '../../plan/drill-plan.ts';
import { standingOf } from '../../schedule/standing.ts';
import { RunStore } from '../../store/run-store.ts';
import type { ScheduledDrill } from '../view/schedules.ts';

/** How the drills of some plans stand with their schedules: each drill once, whatever repositories it goes to. */
export function scheduledDrills(plans: readonly DrillPlan[], now: Date, graceMs: number): ScheduledDrill[] {
  const drills = [...new Map(plans.map((plan) => [plan.name, plan])).values()];
  return drills.map(({ name, schedule, reports }): ScheduledDrill => {
    const record = new RunStore(reports).lastOfDrill(name);
    const { lastBegun, lastPassed } = record;
    if (schedule === null)
      return { drill: name, schedule, lastBegun, lastPassed, dueAt: null, nextDue: null, alarm: null };
    const { dueAt, nextDue, alarm } = standingOf(schedule, record, now, graceMs);
    return {
      drill: name,
      schedule: schedule.text,
      lastBegun,
      lastPassed,
      dueAt: dueAt?.toISOString() ?? null,
      nextDue: nextDue?.toISOString() ?? null,
      alarm,
    };
  });
}
