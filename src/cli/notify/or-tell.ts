import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { asDrillError } from '../../core/errors.ts';
import { readMachine } from '../../machine/read-machine.ts';
import { refusedMessage } from '../../notify/messages/other.ts';
import { ToldBefore } from '../../notify/told.ts';
import { isOfTheSystem } from '../../store/system-fault.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import type { CliContext } from '../context.ts';
import { tell } from './services.ts';

/** What begins, and who is told when it does not. */
interface Beginning {
  /** Nobody may be reading. */
  readonly isTold: boolean;
  /** What was named. */
  readonly files: readonly string[];
  /** Whose channels are used; without one those of this machine: of a plan that cannot be loaded no channel is known. */
  readonly plan?: Pick<DrillPlan, 'notify' | 'reports'>;
}

/** Does what a command begins with. When it throws and nobody may be reading, people are told. Throws it all the same. */
export async function orTell<T>(
  { isTold, files, plan }: Beginning,
  context: CliContext,
  begin: () => T | Promise<T>,
): Promise<T> {
  const drill = files.length === 0 ? 'the drills of this machine' : files.join(', ');
  // Another machine, which can begin, shall not end the alarm of this one.
  const key = `begin/${hostname()}/${drill}`;
  const settings = plan ?? settingsOf(context.env);
  const reports = settings?.reports ?? resolve('reports');
  try {
    const begun = await begin();
    if (isTold) await forget(reports, key);
    return begun;
  } catch (error) {
    const known = asDrillError(error);
    if (!isTold || known?.outcome === 'busy' || known?.outcome === 'cancelled') throw error;
    const code = known?.code ?? null;
    const message = refusedMessage(code, { id: randomUUID(), drill, at: new Date(), host: hostname() });
    const channels = settings?.notify ?? [];
    await tell(
      { key, found: { isBad: true, what: code ?? 'bug' }, message, endTitle: null, channels, reports },
      context,
    );
    throw error;
  }
}

/** Where that cannot be read, nothing was written down there either. */
async function forget(reports: string, key: string): Promise<void> {
  try {
    await new ToldBefore(reports).forget(key);
  } catch (error) {
    if (!isOfTheSystem(error)) throw error;
  }
}

/** They may be what cannot be loaded. */
function settingsOf(env: NodeJS.ProcessEnv): ReturnType<typeof readMachine> | null {
  try {
    return readMachine(env);
  } catch (error) {
    if (asDrillError(error)) return null;
    throw error;
  }
}
