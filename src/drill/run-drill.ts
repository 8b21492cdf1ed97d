import type { Endpoint } from '../core/endpoint.ts';
import type { DrillError } from '../core/errors.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import type { DrillReport } from '../report/report.ts';
import { explore } from './explore.ts';
import { endingOf } from './ending.ts';
import { nextAfter } from './fallback/next-after.ts';
import { notify } from './notify.ts';
import { cleanUp } from './phases/cleanup.ts';
import { preflight } from './phases/preflight.ts';
import { provision } from './phases/provision.ts';
import { restore } from './phases/restore.ts';
import { reportOf } from './report-of.ts';
import { beginRun, type Run } from './run.ts';
import type { DrillServices } from './services.ts';
import { targetText } from '../targets/index.ts';

/** What a run came to, and where its evidence lies. */
export interface DrillResult {
  readonly report: DrillReport;
  readonly folder: string;
  /** How to reach an instance that was kept, and in whose socket directory. */
  readonly endpoint: Endpoint | null;
  /** What ended the run before its time; null: it went through. */
  readonly endedBy: DrillError | null;
  /** What is to be run next, as the fallback of this run; null: nothing is. */
  readonly fallback: DrillPlan | null;
}

/**
 * Runs one drill from preflight to cleanup and writes its report. Throws a DrillError of outcome `usage` or `busy` while
 * nothing has been started and nothing is recorded; every other ending is a report. Anything else that is thrown is a bug,
 * and comes only after everything has been cleaned up.
 */
export async function runDrill(plan: DrillPlan, keepInstance: boolean, services: DrillServices): Promise<DrillResult> {
  const run = beginRun(plan, keepInstance, services);
  const { record } = run;
  const ending = await endingOf(run, procedure(run));
  const fault = await explore(run, ending);
  const left = await record.timeline.phase('cleanup', () => cleanUp(run, ending));
  if (ending.bug !== null) throw ending.bug;
  await run.folder.beginLate();
  const { found, fallback } = nextAfter(run, await reportOf(run, left), ending, left);
  const { report, folder } = await run.folder.save({ ...found, notifications: await notify(run, found) });
  services.emit({ kind: 'run-ended', report });
  if (fault !== null) throw fault;
  const endpoint = left.keptInstance ? record.endpoint : null;
  return { report, folder, endpoint, endedBy: ending.endedBy, fallback };
}

/** The procedure: each phase once, in order, its results in constants. */
async function procedure(run: Run): Promise<void> {
  const { timeline } = run.record;
  announce(run);
  const foreseen = await timeline.phase('preflight', () => preflight(run));
  const place = await timeline.phase('provision', () => provision(run, foreseen));
  // What comes after a phase is loaded while it goes on. A restore takes all processors, and a recovery one.
  const [feed, { recover }] = await Promise.all([
    timeline.phase('restore', () => restore(run, place)),
    import('./phases/recover.ts'),
  ]);
  const [recovered, { verify }] = await Promise.all([
    timeline.phase('recover', () => recover(run, { ...foreseen, ...place }, feed)),
    import('./phases/verify.ts'),
  ]);
  await timeline.phase('verify', () => verify(run, { ...foreseen, ...place, feed, recovered }));
}

function announce({ plan, record, services, folder }: Run): void {
  const isOneTarget = plan.rotation === null || plan.rotation.targets.length === 1;
  services.emit({
    kind: 'run-started',
    runId: record.runId,
    drill: plan.name,
    target: isOneTarget ? targetText(plan.target) : 'the target whose turn it is',
    repository: plan.source.repo,
    folder: folder.path,
  });
}
