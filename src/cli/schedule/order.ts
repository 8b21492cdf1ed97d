import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { parseDurationMs } from '../../core/duration.ts';
import { asDrillError, DrillError } from '../../core/errors.ts';
import { accountNamed } from '../../host/run-user.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import { formatProblem, PlanError } from '../../plan/load.ts';
import { needsEngine, writesOf } from '../../sandbox/registry.ts';
import { SCHEDULERS, type Order, type Owner, type SchedulerName } from '../../schedule/schedulers.ts';
import type { TimedDrill } from '../../schedule/timers/timed-drill.ts';
import type { CliContext } from '../context.ts';
import { plansFor } from '../plans/load-plans.ts';
import { PLAN_DIRECTORY, planFiles } from '../plans/plan-files.ts';
import { CLEANUP_MS } from '../plans/scheduled-drills.ts';
import type { ScheduleOptions } from './options.ts';

function pathOption(option: string, path: string | undefined): string[] {
  return path === undefined ? [] : [option, resolve(path)];
}

/** `drill overdue` allows an hour; a drill that begins later is an alarm. */
const LONGEST_DELAY_MS = 45 * 60_000;

/** Whose timers are meant: those of the machine for root, and where a user is named. */
export function ownerOf(userName: string | undefined, { env }: Pick<CliContext, 'env'>): Owner {
  return { isOfMachine: process.getuid?.() === 0 || userName !== undefined, env, home: homedir() };
}

/** The drills of some plans, and how they are to start. Throws with every problem at once. */
export function orderOf(
  files: readonly string[],
  scheduler: SchedulerName,
  options: ScheduleOptions,
  context: CliContext,
): Order {
  const owner = ownerOf(options.userName, context);
  const problems: string[] = [];
  const user = owner.isOfMachine ? (options.userName ?? 'root') : null;
  const account = user === null ? null : accountNamed(user);
  if (user !== null && account === null && scheduler !== 'kubernetes')
    problems.push(`--user-name: there is no user ${user} on this machine`);
  const home = user === null ? owner.home : account?.uid === 0 ? null : (account?.home ?? '/');
  const order: Order = {
    drills: timedDrills(files, options, { home, env: context.env }, problems),
    starting: {
      program: [process.execPath, resolve(process.argv[1] ?? '')],
      searchPath: searchPath(context.env['PATH'] ?? ''),
      user,
      options: [...pathOption('--reports', options.reports), ...pathOption('--metrics', options.metrics)],
      delayMs: delayOf(options.delay ?? '10m', problems),
    },
    owner,
    kubernetes: {
      image: options.image ?? 'pgdrill-program:17',
      namespace: options.namespace ?? null,
      repositoryClaim: options.repositoryClaim ?? null,
      repositoryPath: options.repositoryPath ?? '/var/lib/pgbackrest',
      uid: uidOf(options.uid, problems),
    },
  };
  for (const drill of order.drills) {
    const found = SCHEDULERS[scheduler].problems(drill, order);
    problems.push(...found.map((problem) => `${drill.name}: ${problem}`));
  }
  refuse(problems);
  return order;
}

/** Throws when there is a problem. */
export function refuse(problems: readonly string[]): void {
  if (problems.length === 0) return;
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  throw new DrillError(
    'schedule-not-installed',
    `nothing was done, because of ${count}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
  );
}

function delayOf(text: string, problems: string[]): number {
  const delayMs = /^0[smh]?$/.test(text) ? 0 : parseDurationMs(text);
  if (delayMs === null) problems.push(`--delay: "${text}" is no duration; write 10m`);
  else if (delayMs > LONGEST_DELAY_MS) problems.push('--delay: at most 45m, since after an hour a drill is overdue');
  return delayMs ?? 0;
}

/** The user of the image: docker/Dockerfile. */
const IMAGE_UID = 10_001;

function uidOf(text: string | undefined, problems: string[]): number {
  if (text === undefined) return IMAGE_UID;
  if (!/^[1-9]\d{0,9}$/.test(text)) problems.push(`--uid: "${text}" is no user id, or that of root`);
  return Number(text);
}

function timedDrills(
  files: readonly string[],
  options: ScheduleOptions,
  { home, env }: { readonly home: string | null; readonly env: NodeJS.ProcessEnv },
  problems: string[],
): TimedDrill[] {
  const named = files.length > 0 ? files : planFiles();
  if (named.length === 0)
    throw new DrillError('not-found', `there is no plan in ${PLAN_DIRECTORY}/`, { hint: 'write one with: drill init' });
  const drills = named.flatMap((file) => {
    try {
      const { reports } = options;
      const plans = plansFor([file], reports === undefined ? {} : { reports }, [], env);
      return timedDrill(plans, options, home, problems);
    } catch (error) {
      const known = asDrillError(error);
      if (!known) throw error;
      problems.push(...(known instanceof PlanError ? known.problems.map(formatProblem) : [known.message]));
      return [];
    }
  });
  for (const [index, { name, planFile }] of drills.entries()) {
    const first = drills.slice(0, index).find((drill) => drill.name === name);
    if (first && first.planFile !== planFile)
      problems.push(`${name} is the name of two plans: ${first.planFile} and ${planFile}`);
  }
  return [...new Map(drills.map((drill) => [drill.planFile, drill])).values()];
}

/** The drill of a plan: one, whatever repositories it goes to. */
function timedDrill(
  plans: readonly DrillPlan[],
  { metrics }: ScheduleOptions,
  home: string | null,
  problems: string[],
): TimedDrill[] {
  const [plan] = plans;
  if (!plan?.file) return [];
  const { name, schedule, file, sandbox, reports, runbook } = plan;
  if (schedule === null) {
    problems.push(`${name}: ${file} says not when it is due; write "schedule: monthly" into it`);
    return [];
  }
  const files = [...(runbook?.write ?? []), ...(metrics === undefined ? [] : [resolve(metrics)])];
  const writes = [reports, ...writesOf(sandbox, home), ...files.map((path) => dirname(path))];
  const drill: TimedDrill = {
    name,
    schedule,
    planFile: resolve(file),
    directory: process.cwd(),
    writes: [...new Set(writes)],
    needsEngine: needsEngine(sandbox),
    endsAfterMs: plans.reduce((sum, { deadlineMs }) => sum + deadlineMs + CLEANUP_MS, 0),
  };
  const odd = [drill.planFile, drill.directory, ...drill.writes, ...files].filter(hasControlCharacter);
  problems.push(...odd.map((path) => `${name}: ${JSON.stringify(path)} has a line break or the like in it`));
  return odd.length > 0 ? [] : [drill];
}

function hasControlCharacter(path: string): boolean {
  return /\p{Cc}/u.test(path);
}

/** The directories that systems name. */
const USUAL = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** What a drill may start by its name alone. */
const PROGRAMS = ['pgbackrest', 'bwrap', 'pg_amcheck'];

/** Where those lie that are found here, and the directories that systems name. */
function searchPath(path: string): string {
  const here = path.split(delimiter).filter((directory) => isAbsolute(directory) && !hasControlCharacter(directory));
  const needed = PROGRAMS.flatMap((program) => here.find((directory) => existsSync(join(directory, program))) ?? []);
  return [...new Set([...needed.filter((directory) => !USUAL.includes(directory)), ...USUAL])].join(delimiter);
}
