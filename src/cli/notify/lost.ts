import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { messageOf } from '../../core/errors.ts';
import { lostMessage } from '../../notify/messages/other.ts';
import { ToldBefore } from '../../notify/told.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import { RunStore } from '../../store/run-store.ts';
import { isOfTheSystem } from '../../store/system-fault.ts';
import type { CliContext } from '../context.ts';
import { tell } from './services.ts';

/**
 * Tells that the last run of each of these drills was killed, once, and once a day while none follows: a run that was killed can tell
 * nobody itself, and the next one may be due in a month. For timers, of drills that are not due.
 */
export async function tellLost(plans: readonly DrillPlan[], context: CliContext): Promise<void> {
  const { stderr, stderrStyle } = context;
  for (const plan of new Map(plans.map((one) => [one.name, one])).values()) {
    try {
      await tellOne(plan, context);
    } catch (error) {
      if (!isOfTheSystem(error)) throw error;
      stderr(
        `${stderrStyle('yellow', '!')} whether a run of ${plan.name} was killed is not known: ${messageOf(error)}\n`,
      );
    }
  }
}

async function tellOne({ name, schedule, notify, reports }: DrillPlan, context: CliContext): Promise<void> {
  if (notify.length === 0) return;
  const store = new RunStore(reports);
  const now = new Date();
  if (store.lastOfDrill(name, now).openSince !== null)
    await store.noteMissed({ drill: name, schedule, startedAt: now });
  const last = store.lastEnd(name);
  const key = `lost/${name}`;
  // What came next was told by whatever came next.
  if (last?.state !== 'lost' || last.run === null) return new ToldBefore(reports).forget(key);
  const run = { id: last.run, startedAt: last.at };
  const message = lostMessage(run, { id: randomUUID(), drill: name, at: now, host: hostname() });
  const found = { isBad: true, what: last.run };
  await tell({ key, found, message, endTitle: null, channels: notify, reports }, context);
}
