import { DrillError, messageOf } from '../../core/errors.ts';
import { abortAfter } from '../../core/timer.ts';
import type { SweepOptions, SweptRun } from '../sandbox.ts';
import { agentOptions } from './agent-options.ts';
import { sweepServer } from './supervisor/agent.ts';
import { Intent } from './intent.ts';
import { destroyServer, serverText } from './provision.ts';
import { preparedTarget } from './target.ts';

const DEADLINE_MS = 600_000;

/** Looks at every run on a server that was written down and not ended, and ends what its pgdrill left behind. */
export async function sweepIntents(options: SweepOptions, signal?: AbortSignal): Promise<SweptRun[]> {
  const swept: SweptRun[] = [];
  for (const intent of Intent.all()) {
    if (options.run !== null && intent.record.runId !== options.run) continue;
    if (signal?.aborted) break;
    // What one of them is, an older pgdrill may have written; the others are swept all the same.
    const { runId, drill } = intent.record;
    const failed = (error: unknown): SweptRun => {
      return { runId, drill, path: intent.name, action: 'failed', message: `MAY STILL BE THERE: ${messageOf(error)}` };
    };
    swept.push(await sweepOne(intent, options, signal).catch(failed));
  }
  const message = 'this note on a server cannot be read; a server that it spoke of MAY STILL BE THERE';
  const lost = options.run === null ? Intent.unreadable() : [];
  return [...swept, ...lost.map((path) => ({ runId: '?', drill: '?', path, action: 'failed' as const, message }))];
}

async function sweepOne(intent: Intent, options: SweepOptions, signal?: AbortSignal): Promise<SweptRun> {
  const { runId, drill, keeps } = intent.record;
  const path = intent.plan.provision ? serverText(intent) : `on ${intent.plan.host ?? ''}`;
  const about = { runId, drill, path, message: null };
  const asked = options.kept || options.run !== null;
  // An instance that was kept has no pgdrill any more, and that is as it should be.
  if (intent.ownerIsAlive) return { ...about, action: 'running' };
  if (keeps === 'instance' && !asked) {
    return { ...about, action: 'kept', message: `its instance was kept; end it with: drill sweep --run ${runId}` };
  }
  const keepsData = keeps === 'data' && !asked;
  const kept = { ...about, action: 'kept', message: 'its data is kept for the next run' } as const;
  if (keepsData && (options.dryRun || intent.isAtRest)) return kept;
  if (options.dryRun) return { ...about, action: 'removed', message: null };
  try {
    const deadline = abortAfter(DEADLINE_MS);
    await sweepIntent(intent, signal ? AbortSignal.any([signal, deadline]) : deadline, keepsData ? 'data' : 'nothing');
    return keepsData ? kept : { ...about, action: 'removed' };
  } catch (error) {
    const message = `${messageOf(error)}; if it is gone for good: drill sweep --forget ${runId}`;
    return { ...about, action: 'failed', message };
  }
}

/**
 * Takes a run off the notes without asking its server, which is gone for good; null: no such run is noted. Throws
 * `busy` while the run goes on.
 */
export function forgetIntent(runId: string): SweptRun | null {
  const intent = Intent.all().find(({ record }) => record.runId === runId);
  if (!intent) return null;
  const path = intent.plan.provision ? serverText(intent) : `on ${intent.plan.host ?? ''}`;
  if (intent.ownerIsAlive) {
    throw new DrillError('busy', `the run ${runId} is still going on, ${path}`, { hint: 'end it with Ctrl-C first' });
  }
  intent.fulfil();
  return { runId, drill: intent.record.drill, path, action: 'forgotten', message: null };
}

/** Destroys the server of a run, or ends what is left of it on a server that was there before and removes it. */
export async function sweepIntent(intent: Intent, signal: AbortSignal, keeps: 'nothing' | 'data'): Promise<void> {
  const { plan } = intent;
  if (plan.provision) await destroyServer(plan.provision, intent, signal);
  else await sweepServer(preparedTarget(plan, intent), { ...agentOptions(plan, intent, null), keeps }, signal);
  if (keeps === 'data') intent.rest();
  else intent.fulfil();
}
