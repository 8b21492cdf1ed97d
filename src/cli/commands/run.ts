import { Option, type Command } from '@commander-js/extra-typings';
import { asDrillError, DrillError } from '../../core/errors.ts';
import type { DrillResult } from '../../drill/run-drill.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import type { DrillReport } from '../../report/report.ts';
import { dueAfter } from '../../schedule/due.ts';
import { waitingSince } from '../../schedule/missed.ts';
import { RunStore } from '../../store/run-store.ts';
import { ImageMissingError } from '../../sandbox/image-missing.ts';
import { sandboxFor } from '../../sandbox/registry.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { EXIT, exitStatusOf, exitStatusOfOutcome, exitStatusOfSignal, worstExitStatus } from '../exit-status.ts';
import { tellLost } from '../notify/lost.ts';
import { orTell } from '../notify/or-tell.ts';
import { plansFor } from '../plans/load-plans.ts';
import { addPlanOptions, seedOf, type PlanOptions } from '../plans/plan-options.ts';
import { metricsAfterRuns } from '../metrics/after-runs.ts';
import type { Done } from './command.ts';
import { runFallback } from '../fallback.ts';
import { runShown, type ShownRunOptions } from '../run-shown.ts';
import { showError } from '../view/show-error.ts';
import { copiesSummary, keptText, leftText, resultText } from '../view/show-result.ts';

interface RunOptions extends PlanOptions {
  readonly onlyIfDue?: boolean;
  readonly json?: true | undefined;
  readonly keep?: true | undefined;
  readonly quiet?: true | undefined;
  readonly logLevel?: 'error' | 'warn' | 'info' | 'debug' | undefined;
  readonly scheduled?: true | undefined;
  readonly metrics?: string | undefined;
  readonly all?: true | undefined;
  readonly sample?: string | undefined;
  readonly parallel?: string | undefined;
}

const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;

export function define(command: Command, context: CliContext, done: Done): void {
  const plans = 'plan files, or their names in drills/; without any, the options make the drill';
  addPlanOptions(command);
  command
    .argument('[plan...]', plans)
    .optionsGroup('Output:')
    .option('--json', 'print the report on stdout, a line a drill, and nothing else there; with --all one document')
    .option('--keep', 'leave the instance up, and say how to connect and how to end it')
    .option('--quiet', 'no progress, only the result')
    .addOption(new Option('--log-level <level>', 'write a log to stderr as JSON lines').choices(LOG_LEVELS))
    .option('--scheduled', 'run only drills that are due by their schedule, each once; for timers')
    .option('--metrics <file>', 'write the metrics of all drills to this file after each run, as drill metrics does')
    .optionsGroup('Many drills:')
    .option('--all', 'every plan in drills/; with --config every stanza of it, by one plan as the pattern or none')
    .option('--sample <n>', 'with --all: only the n drills that were proven longest ago, or never')
    .option('--parallel <n>', 'with --all: so many at once, as far as room and processors allow; default: 1')
    .addHelpText(
      'after',
      examples(
        'drill run --stanza main',
        'drill run drills/orders.yaml --rto 30m',
        'drill run orders --target-time "2026-05-13 14:32:00+00"',
        'drill run --stanza main --check-sql "select count(*) > 0 from pg_database" --keep',
        'drill run orders --fallback',
        'drill run --all --sample 3 --parallel 2',
        'drill run --all --config /etc/pgbackrest/pgbackrest.conf',
        'drill run --all --scheduled --quiet',
      ),
    )
    .action(async (files, options) => done(await run(files, options, context)));
}

/** Every plan is loaded and checked before the first drill starts. Returns the exit status. */
async function run(files: readonly string[], options: RunOptions, context: CliContext): Promise<number> {
  if (options.all) return (await import('../all/run-all.ts')).runAll(files, options, context);
  refuseWithoutAll(options);
  const isTold = options.scheduled === true;
  const { all, due } = await orTell({ isTold, files }, context, () => {
    const plans = plansFor(files, options, [], context.env);
    return { all: plans, due: isTold ? dueOf(plans, options, context) : plans };
  });
  if (isTold)
    await tellLost(
      all.filter((plan) => !due.includes(plan)),
      context,
    );
  const statuses: number[] = [];
  const reports: DrillReport[] = [];
  const writeMetrics = metricsAfterRuns(options, files, context);
  if (due.length === 0) await writeMetrics();
  let isElsewhere = false;
  for (const [index, plan] of due.entries()) {
    if (context.signal.aborted) {
      statuses.push(exitStatusOfSignal(context.receivedSignal()));
      break;
    }
    // A drill that goes to several repositories is due once, and runs for each of them.
    const isFirst = due[index - 1]?.name !== plan.name;
    if (!isFirst && isElsewhere) continue;
    const onlyIfDue = options.scheduled === true && isFirst;
    const status = await runOne(plan, { ...options, onlyIfDue }, context, reports);
    // Whoever was first goes to all of its repositories.
    if (isFirst) isElsewhere = onlyIfDue && status === EXIT.busy;
    statuses.push(status);
    await writeMetrics();
  }
  if (!options.json) context.stdout(copiesSummary(reports, context.stdoutStyle));
  return worstExitStatus(statuses);
}

function refuseWithoutAll({ sample, parallel }: RunOptions): void {
  const given = sample === undefined ? parallel : sample;
  if (given === undefined) return;
  throw new DrillError('plan-invalid', `${sample === undefined ? '--parallel' : '--sample'} goes with --all`, {
    hint: 'drill run --all runs every plan in drills/',
  });
}

/** The plans whose drills wait to be run. Of the others it is said when they are due; a timer that asks often is told nothing. */
function dueOf(plans: readonly DrillPlan[], { json, quiet }: RunOptions, { stdout, stderr }: CliContext): DrillPlan[] {
  const say = json ? stderr : stdout;
  const now = new Date();
  const never = plans.find(({ schedule }) => schedule === null);
  if (never) {
    // A timer asks every hour. Whatever it asks for would run every hour.
    throw new DrillError('plan-invalid', `${never.name}: its plan has no schedule, so it is never due`, {
      hint: 'write "schedule: monthly" into the plan; or leave --scheduled out, to run it in any case',
    });
  }
  return plans.filter(({ name, schedule, reports, source: { repo } }, index) => {
    // A plan that was named twice is due once.
    if (plans.slice(0, index).some((one) => one.name === name && one.source.repo === repo)) return false;
    const record = new RunStore(reports).lastOfDrill(name, now);
    if (schedule === null || waitingSince(schedule, record, now) !== null) return true;
    const next = dueAfter(schedule, now);
    if (!quiet && plans[index - 1]?.name !== name)
      say(
        `${name} is not due: it ran at ${record.lastBegun ?? '?'}, and is due at ${next?.toISOString() ?? 'no time'}\n`,
      );
    return false;
  });
}

/** Runs one drill and shows how it went. Only a bug is thrown. */
async function runOne(
  plan: DrillPlan,
  options: RunOptions,
  context: CliContext,
  reports: DrillReport[],
): Promise<number> {
  try {
    const shown = planOptions(options, context);
    const result = await runWithImage(plan, shown, context);
    const status = exitStatusOf(result.report, context.receivedSignal());
    reports.push(result.report);
    await showWithFallback(result, plan, { ...options, shown }, context);
    return status;
  } catch (error) {
    const known = asDrillError(error);
    if (!known) throw error;
    context.stderr(context.redactor.text(showError(known, context.stderrStyle)));
    return exitStatusOfOutcome(known.outcome, context.receivedSignal());
  }
}

/** A run that lacks nothing but its image is tried again with it, if that is wanted. */
async function runWithImage(plan: DrillPlan, options: ShownRunOptions, context: CliContext): Promise<DrillResult> {
  const result = await runShown(plan, options, context);
  const missing = result.endedBy;
  if (!(missing instanceof ImageMissingError)) return result;
  const { offerImage } = await import('./image.ts');
  if (!(await offerImage(missing, context))) return result;
  return runWithImage(plan, options, context);
}

/** People read how the run went before anything else is tried; a program gets one line, in which the answer stands as well. */
async function showWithFallback(
  result: DrillResult,
  plan: DrillPlan,
  options: RunOptions & { readonly shown: ShownRunOptions },
  context: CliContext,
): Promise<void> {
  if (!options.json) showResult(result, plan, options, context);
  let { fallback } = result.report;
  try {
    fallback = await runFallback(result, options.shown, context, options.json === true);
  } finally {
    if (options.json) showResult({ ...result, report: { ...result.report, fallback } }, plan, options, context);
  }
}

function showResult(result: DrillResult, plan: DrillPlan, options: RunOptions, context: CliContext): void {
  if (!options.json) {
    context.stdout(`\n${resultText(result, context.stdoutStyle, context.stdoutColumns())}`);
  } else {
    context.stdout(`${JSON.stringify(result.report)}\n`);
    context.stderr(leftText(result.report, context.stderrStyle));
  }
  if (!result.endpoint) return;
  const say = options.json ? context.stderr : context.stdout;
  say(keptText(result, result.endpoint, sandboxFor(plan.sandbox).sweepWords));
}

/** A log on stderr and a line that moves there do not go together; nor do plain lines and a report that is piped on. */
function planOptions(
  { quiet, json, keep, logLevel, scheduled, onlyIfDue = false, ...options }: RunOptions,
  context: CliContext,
): ShownRunOptions {
  const live = context.interactive && logLevel === undefined;
  return {
    keep: keep === true,
    mode: quiet || (json && !live) ? 'none' : live ? 'live' : 'lines',
    logLevel: logLevel ?? null,
    trigger: scheduled ? 'scheduled' : 'on-demand',
    onlyIfDue,
    seed: seedOf(options),
  };
}
