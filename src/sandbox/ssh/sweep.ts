import { DrillError, messageOf } from '../../core/errors.ts';
import { abortAfter } from '../../core/timer.ts';
import type { Looked, SweepPlace } from '../kind.ts';
import type { SweepOptions, SweptRun } from '../sandbox.ts';
import { sweepLeftover, type Leftover } from '../sweeping.ts';
import { supervisorOptions } from './supervisor-options.ts';
import { Intent } from './marker.ts';
import { noteDirectory } from './note-directory.ts';
import { destroyServer, serverText } from './provision.ts';
import { sweepServer } from './supervisor/supervisor.ts';
import { preparedTarget } from './target.ts';

const DEADLINE_MS = 600_000;

/** Looks at every run on a server that was written down and not ended. */
export async function sweep(options: SweepOptions, { signal }: SweepPlace): Promise<Looked> {
  const swept: SweptRun[] = [];
  for (const intent of Intent.all()) {
    if (options.run !== null && intent.record.runId !== options.run) continue;
    if (signal.aborted) break;
    swept.push(await sweepNoted(intent, options, signal));
  }
  const message = 'this note on a server cannot be read; a server that it spoke of MAY STILL BE THERE';
  const lost = options.run === null ? Intent.unreadable() : [];
  const unread = lost.map((path): SweptRun => ({ runId: '?', drill: '?', path, action: 'failed', message }));
  return { where: `the servers noted in ${noteDirectory()}`, swept: [...swept, ...unread] };
}

async function sweepNoted(intent: Intent, options: SweepOptions, signal: AbortSignal): Promise<SweptRun> {
  try {
    return await sweepLeftover(leftOf(intent, signal), options);
  } catch (error) {
    // What one of them is, an older pgdrill may have written; the others are swept all the same.
    const { runId, drill } = intent.record;
    return { runId, drill, path: intent.name, action: 'failed', message: `MAY STILL BE THERE: ${messageOf(error)}` };
  }
}

function leftOf(intent: Intent, signal: AbortSignal): Leftover {
  const { runId, drill, keeps } = intent.record;
  return {
    runId,
    drill,
    path: placeOf(intent),
    keeps,
    isAtWork: intent.ownerIsAlive,
    isAtRest: intent.isAtRest,
    sweepWords: [],
    remove: async (left) => {
      try {
        await sweepIntent(intent, AbortSignal.any([signal, abortAfter(DEADLINE_MS)]), left);
      } catch (error) {
        throw new Error(`${messageOf(error)}; if it is gone for good: drill sweep --forget ${runId}`, { cause: error });
      }
    },
  };
}

/**
 * Takes a run off the notes without asking its server, which is gone for good; null: no such run is noted. Throws
 * `busy` while the run goes on.
 */
export function forget(runId: string): SweptRun | null {
  const intent = Intent.all().find(({ record }) => record.runId === runId);
  if (!intent) return null;
  const path = placeOf(intent);
  if (intent.ownerIsAlive) {
    throw new DrillError('busy', `the run ${runId} is still going on, ${path}`, { hint: 'end it with Ctrl-C first' });
  }
  intent.fulfil();
  return { runId, drill: intent.record.drill, path, action: 'forgotten', message: null };
}

function placeOf(intent: Intent): string {
  return intent.plan.provision ? serverText(intent) : `on ${intent.plan.host ?? ''}`;
}

/** Destroys the server of a run, or ends what is left of it on a server that was there before and removes it. */
export async function sweepIntent(intent: Intent, signal: AbortSignal, keeps: 'nothing' | 'data'): Promise<void> {
  const { plan } = intent;
  if (plan.provision) await destroyServer(plan.provision, intent, signal);
  else await sweepServer(preparedTarget(plan, intent), { ...supervisorOptions(plan, intent, null), keeps }, signal);
  if (keeps === 'data') intent.rest();
  else intent.fulfil();
}
