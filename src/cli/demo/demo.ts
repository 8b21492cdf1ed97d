import { rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CleanupStack } from '../../core/cleanup.ts';
import { DrillError } from '../../core/errors.ts';
import type { DrillResult } from '../../drill/run-drill.ts';
import { LocalHost } from '../../host/local-host.ts';
import { chooseRunUser } from '../../host/run-user.ts';
import { killProcessesOf, RUN_VARIABLE } from '../../sandbox/processes.ts';
import type { CliContext } from '../context.ts';
import { EXIT, exitStatusOf, worstExitStatus } from '../exit-status.ts';
import { resultText } from '../view/show-result.ts';
import { drillPlanFile } from './drill.ts';
import { endScript } from './keep.ts';
import { newestPostgres } from '../../demo/newest-postgres.ts';
import { newDemoDirectory, reportsDirectory, whyUnfenced } from './place.ts';
import { latestPlan, pointInTimePlan, type Accident } from './plans.ts';
import { ProductionCluster } from '../../demo/production.ts';
import { ACCIDENT, SHOP, TRAFFIC } from '../../demo/shop.ts';
import { Story } from './story.ts';

interface DemoOptions {
  /** Production stays up when the demo has ended. */
  readonly keep?: true | undefined;
}

/**
 * `drill demo`: makes a small production cluster with an encrypted repository, lets it have an accident, and drills its
 * backups twice. Leaves two reports and nothing else. Returns the exit status.
 */
export async function runDemo(options: DemoOptions, context: CliContext): Promise<number> {
  const cleanup = new CleanupStack({ hurry: context.hurry });
  let statuses: number[] = [];
  try {
    statuses = await playDemo(options.keep === true, cleanup, context);
  } finally {
    const kept = options.keep === true && statuses.length > 0 && !context.signal.aborted;
    const steps = await cleanup.unwind({ kept });
    const left = steps.filter(({ ok }) => !ok);
    for (const { label, message } of left) context.stderr(`drill: could not ${label}: ${message ?? ''}\n`);
    if (left.length > 0) statuses.push(EXIT.cleanup);
  }
  return worstExitStatus(statuses);
}

async function playDemo(keep: boolean, cleanup: CleanupStack, context: CliContext): Promise<number[]> {
  const { signal } = context;
  const story = new Story(context);
  const reports = reportsDirectory();
  const user = chooseRunUser(null, []);
  const anywhere = new LocalHost({ user, fence: null, env: {} });
  const binaries = await newestPostgres(anywhere);
  const root = await newDemoDirectory(anywhere, user);
  const host = new LocalHost({ user, fence: null, env: { [RUN_VARIABLE]: root } });
  cleanup.push(`remove ${root}`, async (hurry) => {
    await killProcessesOf(root);
    await host.remove(root, hurry);
  });
  // Not in it: it is the user's, who could put a link in the place of what root removes there.
  const scratch = `${root}-drills`;
  cleanup.push(`remove ${scratch}`, () => rm(scratch, { recursive: true, force: true }), {
    evenWhenKept: true,
  });
  await host.makeDirectory(root);
  story.begins(root);

  const production = new ProductionCluster({
    host,
    binaries,
    root: join(root, 'production'),
    database: 'shop',
    signal,
  });
  cleanup.push('stop production', (hurry) => production.stop(hurry));
  await story.step(`PostgreSQL ${binaries.major} with page checksums, archiving into an encrypted repository`, () =>
    production.start(),
  );
  await story.step('a shop: customers, orders, order lines, a heartbeat; orders keep arriving', async () => {
    for (const statement of SHOP) await production.query(statement);
    await host.writeFile(join(root, 'traffic.sql'), TRAFFIC, 0o600);
    const traffic = await production.runScript(join(root, 'traffic.sql'), keep);
    cleanup.push('end the traffic', () => Promise.resolve(traffic.kill('SIGTERM')));
  });
  await story.step('a full backup', () => production.backup('full'));
  await story.step('an incremental backup', () => production.backup('incr'));
  const accident = await story.step('business goes on, until somebody makes a mistake', () => haveAccident(production));
  story.tellsOf(accident);
  const latest = join(root, 'latest.yaml');
  const before = join(root, 'before-accident.yaml');
  const unfenced = await whyUnfenced(user);
  if (unfenced !== null)
    story.warns(`bubblewrap does not work here (${unfenced}): the copies run without a fence, which is fine in a demo`);
  const plan = { production, scratch, confine: unfenced === null ? 'auto' : 'off' } as const;
  await host.writeFile(latest, latestPlan(plan), 0o644);
  await host.writeFile(before, pointInTimePlan(plan, accident), 0o644);

  const statuses: number[] = [];
  const drill = async (file: string): Promise<DrillResult> => {
    const result = await drillPlanFile(file, reports, context);
    statuses.push(exitStatusOf(result.report, context.receivedSignal()));
    const folder = reports === resolve('reports') ? relative(process.cwd(), result.folder) : result.folder;
    context.stdout(`\n${resultText({ ...result, folder }, context.stdoutStyle)}`);
    return result;
  };
  story.title('Drill 1: the latest state. How long would a recovery take, and how much would be lost?');
  await drill(latest);
  if (signal.aborted) return statuses;
  story.title('Drill 2: the moment before the accident.');
  await drill(before);
  if (signal.aborted) return statuses;

  if (keep) await host.writeFile(join(root, 'end.sh'), endScript(root, production.dataDirectory), 0o700);
  const passed = statuses.every((status) => status === EXIT.passed);
  story.ends(passed, keep ? { production, plan: latest, end: join(root, 'end.sh') } : null);
  return statuses;
}

/** Waits for the recovery target to lie a full second after the backup, since pgBackRest counts in seconds. */
async function haveAccident(production: ProductionCluster): Promise<Accident> {
  await delay(1500);
  const [row] = await production.query(
    "select max(id), to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00' from orders",
  );
  const [lastOrder, before] = row ?? [];
  if (!lastOrder || !before) throw new DrillError('sandbox-failed', 'the shop of the demo has no orders');
  await delay(300);
  const damaged = await production.value(`with hit as (${ACCIDENT} returning 1) select count(*) from hit`);
  await delay(500);
  await production.archiveAll();
  return { before, lastOrder, damagedOrders: Number(damaged) };
}
