import { availableParallelism } from 'node:os';
import { DrillError } from '../../core/errors.ts';
import { verdictText } from '../../report/document/verdict.ts';
import { isOnThisMachine } from '../../sandbox/registry.ts';
import { dueAfter } from '../../schedule/due.ts';
import { waitingSince } from '../../schedule/missed.ts';
import type { CliContext } from '../context.ts';
import { EXIT, exitStatusOfSignal, worstExitStatus } from '../exit-status.ts';
import { tellLost } from '../notify/lost.ts';
import { orTell } from '../notify/or-tell.ts';
import { metricsAfterRuns } from '../metrics/after-runs.ts';
import { refuseConflicts, seedOf, type PlanOptions } from '../plans/plan-options.ts';
import { allResultText, type AllResult } from '../view/all-result.ts';
import { bugText } from '../view/show-error.ts';
import { severalView, type SeveralView } from '../view/several-view.ts';
import { copiesSummary } from '../view/show-result.ts';
import { wrap } from '../view/wrap.ts';
import { askNeed, runInChild, SCHEDULED } from './child.ts';
import type { NotRun, OneDrill, Outcome } from './one-drill.ts';
import { runInLanes } from './queue.ts';
import type { Need } from './room.ts';
import { leastProven, whyLeastProven } from './sample.ts';
import { allDrills } from './which.ts';

/** The options of `drill run --all`, beside those that each drill gets. */
export interface AllOptions extends PlanOptions {
  readonly sample?: string | undefined;
  readonly parallel?: string | undefined;
  readonly scheduled?: true | undefined;
  readonly json?: true | undefined;
  readonly quiet?: true | undefined;
  readonly keep?: true | undefined;
  readonly logLevel?: string | undefined;
  readonly metrics?: string | undefined;
}

interface Queued extends OneDrill {
  readonly need: Need | null;
  /** Why it is among those that are run; null: all are. */
  readonly why: string | null;
}

/**
 * Runs every plan in drills/, or every stanza of a configuration, each in a process of its own: one scorecard at the end, and the
 * worst exit status of all. What keeps one from beginning keeps no other.
 */
export async function runAll(files: readonly string[], options: AllOptions, context: CliContext): Promise<number> {
  const [sample, parallel] = [countOf('--sample', options.sample), countOf('--parallel', options.parallel) ?? 1];
  refuse(options);
  const startedAt = new Date();
  const isTold = options.scheduled === true;
  const { drills, unusable } = await orTell({ isTold, files: [] }, context, () =>
    allDrills(files, options, { isTold, now: startedAt }, context),
  );
  const { due, notDue } = dueOf(drills, isTold, startedAt);
  const names = new Set(due.map(({ name }) => name));
  if (isTold)
    await tellLost(
      drills.filter(({ name }) => !names.has(name)).map(({ plan }) => plan),
      context,
    );
  const chosen = sample === null ? due : leastProven(due, sample);
  const left = due.filter((one) => !chosen.includes(one));
  const lanes = Math.min(parallel, availableParallelism());
  const view = viewOf(options, context);
  for (const told of [context.signal, context.hurry])
    told.addEventListener('abort', () => view.interrupted(), { once: true });
  if (lanes < parallel) view.say(`this machine has ${lanes} processors, so that ${lanes} drills run at once\n`);
  if (lanes > 1 && chosen.some(({ plan }) => plan.objectives.rtoMs !== null))
    view.say('drills that run beside others take longer: an RTO that is missed here may be met alone\n');
  const outcomes = await runChosen(chosen, { sampled: sample !== null, lanes, options }, view, context);
  const all = [...unusable, ...outcomes].toSorted((a, b) => (a.drill < b.drill ? -1 : 1));
  const result: AllResult = {
    startedAt: startedAt.toISOString(),
    finishedAt: new Date().toISOString(),
    exitStatus: statusOf(all, context),
    drills: all,
    notRun: [
      ...notDue,
      ...left.map(({ name, record }) => ({ drill: name, why: `not in the sample: ${whyLeastProven(record)}` })),
    ],
  };
  show(result, options, context);
  return result.exitStatus;
}

function statusOf(all: readonly Outcome[], { signal, receivedSignal }: CliContext): number {
  const ended = signal.aborted ? [exitStatusOfSignal(receivedSignal())] : [];
  return worstExitStatus([...ended, ...all.map(({ exitStatus }) => exitStatus)]);
}

interface Running {
  readonly sampled: boolean;
  readonly lanes: number;
  readonly options: AllOptions;
}

async function runChosen(
  chosen: readonly OneDrill[],
  { sampled, lanes, options }: Running,
  view: SeveralView,
  context: CliContext,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const writeMetrics = metricsAfterRuns(options, [], context);
  if (chosen.length === 0) await writeMetrics();
  const needs = lanes > 1 ? await askNeeds(chosen, lanes, context) : new Map<string, Need>();
  const queued = chosen.map((drill): Queued => ({
    ...drill,
    words: withShare(drill, lanes, options),
    need: needs.get(drill.from) ?? null,
    why: sampled ? whyLeastProven(drill.record) : null,
  }));
  const run = async (drill: Queued): Promise<void> => {
    const { name, from, why, words } = drill;
    const scheduled = options.scheduled ? [SCHEDULED] : [];
    const ended = await runInChild([...words, ...scheduled], context, (event) => view.hear(name, event)).catch(asBug);
    view.ended(name, resultWords(ended));
    if (ended.said !== '' && ended.reports.length > 0)
      view.say(prefixed(name, ended.said, context.interactive ? context.columns() : Infinity));
    outcomes.push({ drill: name, from, why, reportsDirectory: drill.plan.reports, ...ended });
    await writeMetrics();
  };
  try {
    const unbegun = await runInLanes(queued, { lanes, run, signal: context.signal });
    return [...outcomes, ...unbegun.map((drill) => unbegunOutcome(drill, context))];
  } finally {
    view.end();
  }
}

/** What each drill will take, by where it comes from; nothing has begun by then. */
async function askNeeds(
  drills: readonly OneDrill[],
  lanes: number,
  context: CliContext,
): Promise<ReadonlyMap<string, Need>> {
  const needs = new Map<string, Need>();
  const run = async ({ from, words, plan }: OneDrill): Promise<void> => {
    const need = await askNeed(words, isOnThisMachine(plan.sandbox), context);
    if (need !== null) needs.set(from, need);
  };
  const asked = drills.map((drill) => ({ ...drill, need: null }));
  await runInLanes(asked, { lanes, run, signal: context.signal });
  return needs;
}

/** How a drill ended, in a word for each of its runs. */
function resultWords({ reports, exitStatus }: Pick<Outcome, 'reports' | 'exitStatus'>): string {
  return reports.map(verdictText).join(', ') || `no run (exit status ${exitStatus})`;
}

/** What is wrong with one drill stops no other. */
function asBug(error: unknown): Pick<Outcome, 'exitStatus' | 'reports' | 'said'> {
  return { exitStatus: EXIT.bug, reports: [], said: bugText(error) };
}

/** Drills that run at once on this machine share its processors. */
function withShare({ words, plan }: OneDrill, lanes: number, { processMax }: PlanOptions): string[] {
  const isFree =
    lanes > 1 && processMax === undefined && plan.source.processMax === null && isOnThisMachine(plan.sandbox);
  return isFree ? [...words, `--process-max=${Math.max(1, Math.floor(availableParallelism() / lanes))}`] : [...words];
}

function unbegunOutcome({ name, from, why, plan }: Queued, { receivedSignal }: CliContext): Outcome {
  return {
    drill: name,
    from,
    why,
    exitStatus: exitStatusOfSignal(receivedSignal()),
    reports: [],
    reportsDirectory: plan.reports,
    said: 'it was not begun, since the command was ended\n',
  };
}

/** Those whose turn it is by their schedules; without `onlyDue` all. One without a schedule runs when somebody asks for it. */
function dueOf(
  drills: readonly OneDrill[],
  onlyDue: boolean,
  now: Date,
): { due: readonly OneDrill[]; notDue: NotRun[] } {
  if (!onlyDue) return { due: drills, notDue: [] };
  const due: OneDrill[] = [];
  const notDue: NotRun[] = [];
  for (const drill of drills) {
    const { name, plan, record } = drill;
    if (plan.schedule === null) notDue.push({ drill: name, why: 'its plan has no schedule' });
    else if (waitingSince(plan.schedule, record, now) !== null) due.push(drill);
    else {
      const next = dueAfter(plan.schedule, now)?.toISOString() ?? 'no time';
      notDue.push({ drill: name, why: `not due: it ran at ${record.lastBegun ?? '?'}, and is due at ${next}` });
    }
  }
  return { due, notDue };
}

function viewOf({ quiet, json }: AllOptions, context: CliContext): SeveralView {
  const { interactive, stderr, stderrStyle, columns } = context;
  const mode = quiet || (json && !interactive) ? 'none' : interactive ? 'live' : 'lines';
  return severalView({ mode, write: stderr, style: stderrStyle, columns, nowMs: () => performance.now() });
}

function prefixed(name: string, text: string, width: number): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `${wrap(`${name}: ${line}`, width, 2)}\n`)
    .join('');
}

function show(
  result: AllResult,
  { json, quiet, scheduled }: AllOptions,
  { stdout, stdoutStyle, stdoutColumns }: CliContext,
): void {
  if (json) {
    stdout(`${JSON.stringify(result)}\n`);
    return;
  }
  // A timer asks often, and cron mails whatever is said.
  const isAsked = quiet === true && scheduled === true;
  if (isAsked && result.drills.length === 0) return;
  const told = isAsked ? { ...result, notRun: [] } : result;
  stdout(`\n${allResultText(told, stdoutStyle, stdoutColumns())}`);
  stdout(
    copiesSummary(
      result.drills.flatMap(({ reports }) => reports),
      stdoutStyle,
    ),
  );
}

/** Options that mean one drill alone are no options for all of them. */
function refuse(options: AllOptions): void {
  refuseConflicts(options);
  seedOf(options);
  const one = [
    ['--keep', options.keep, 'only one instance can be looked at: run that drill alone'],
    ['--log-level', options.logLevel, 'the log of each run is in its folder: pgdrill.log'],
    ['--stanza', options.stanza, 'leave --all away, or name a configuration with --config for all of its stanzas'],
  ] as const;
  for (const [option, value, hint] of one) {
    if (value !== undefined) throw new DrillError('plan-invalid', `${option} has no meaning with --all`, { hint });
  }
}

function countOf(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new DrillError('plan-invalid', `${option}: "${text}" is no number of drills`, { hint: 'write 1, 2 or more' });
}
