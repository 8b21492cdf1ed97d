import { Option, type Command } from '@commander-js/extra-typings';
import type { CheckUp } from '../../check-up/document.ts';
import type { Level } from '../../check-up/finding-codes.ts';
import { asDrillError, type DrillError } from '../../core/errors.ts';
import {
  addCheckUpOptions,
  lookAt,
  plansToCheck,
  type CheckUpOptions,
  type PromiseOptions,
} from '../check-up/options.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { EXIT, exitStatusOfOutcome, exitStatusOfSignal, worstExitStatus } from '../exit-status.ts';
import { writeCheckMetrics } from '../metrics/check-textfile.ts';
import { checkAlarm } from '../notify/alarms.ts';
import { orTell } from '../notify/or-tell.ts';
import { tell } from '../notify/services.ts';
import { checkUpText } from '../view/check-up.ts';
import { nagiosError, nagiosLevel, nagiosText, NAGIOS_STATUS } from '../view/nagios.ts';
import { showError } from '../view/show-error.ts';
import type { Done } from './command.ts';

type CheckOptions = CheckUpOptions &
  PromiseOptions & {
    readonly verify?: true;
    readonly protection?: true;
    readonly json?: true;
    readonly nagios?: true;
    readonly textfile?: string;
    readonly notify?: true;
  };

export function define(command: Command, context: CliContext, done: Done): void {
  command.optionsGroup('What is looked at (the command line wins over the plan):');
  addCheckUpOptions(command);
  command
    .argument('[plan...]', 'plan files, or their names in drills/; without any, the options say what is promised')
    .option('--verify', 'have pgbackrest verify read the whole repository as well, which takes its time')
    .option('--protection', 'ask buckets of S3 whether they keep versions and lock objects')
    .optionsGroup('What is promised:')
    .option('--backup-age <duration>', 'the newest backup may be at most this old, such as 26h')
    .option('--rpo <duration>', 'the newest WAL may be at most this old, such as 5m')
    .option('--recoverable <duration>', 'every moment of this stretch can be recovered to, such as 28d')
    .option('--retention-full <n>', 'so many full backup sets')
    .option('--retention-diff <n>', 'so many differential ones, full ones included')
    .optionsGroup('Output:')
    .option('--json', 'print it as JSON, a line a plan')
    .option('--textfile <file>', 'write it as metrics as well, for node_exporter; the file ends in .prom')
    .option('--notify', 'tell the channels of each plan what is new')
    .addOption(
      new Option('--nagios', 'one status line with figures; ends with 0, 1, 2 or 3 as Nagios has them').conflicts(
        'json',
      ),
    )
    .addHelpText(
      'after',
      examples(
        'drill check --stanza main --backup-age 26h --rpo 5m',
        'drill check orders --nagios --timeout 50s',
        'drill check orders --verify',
      ),
    )
    .action(async (files, options) => done(await check(files, options, context)));
}

/** Looks at the repositories of each plan. Returns the exit status. */
async function check(files: readonly string[], options: CheckOptions, context: CliContext): Promise<number> {
  if (options.nagios) return checkForNagios(files, options, context);
  const { stdout, stdoutStyle, stdoutColumns, stderr, stderrStyle, redactor, receivedSignal } = context;
  const { found, problems } = await lookAtAll(files, options, context, (one) =>
    stdout(options.json ? `${JSON.stringify(one)}\n` : `${checkUpText(one, stdoutStyle, stdoutColumns())}\n`),
  );
  for (const problem of problems) stderr(redactor.text(showError(problem, stderrStyle)));
  return worstExitStatus([
    ...found.map(({ level }) => STATUS[level]),
    ...problems.map(({ outcome }) => exitStatusOfOutcome(outcome, receivedSignal())),
  ]);
}

/** What was found, and what kept some plans, or the file of metrics, from their turn. */
interface Looked {
  readonly found: readonly CheckUp[];
  readonly problems: readonly DrillError[];
}

/** What is found is shown and told when it is found, whatever becomes of the next plan. Throws where no plan can have its turn. */
async function lookAtAll(
  files: readonly string[],
  options: CheckOptions,
  context: CliContext,
  show: (one: CheckUp) => void,
): Promise<Looked> {
  const [found, problems]: [CheckUp[], DrillError[]] = [[], []];
  const isTold = options.notify === true;
  const all = await orTell({ isTold, files }, context, () => plansToCheck(files, options, context.env));
  for (const asked of all) {
    const { plan } = asked;
    const begin = { isTold, files: [`the check of ${plan.name}`], plan };
    await orProblem(problems, async () => {
      const one = await orTell(begin, context, () => lookAt(asked, extentOf(options), context));
      found.push(one);
      show(one);
      if (isTold) await tell(checkAlarm(one, plan, askedBy(options)), context);
    });
  }
  if (found.length > 0) await orProblem(problems, () => writeCheckMetrics(options.textfile, found));
  return { found, problems };
}

/** What is wrong with one part of the work hides nothing of the others. Whoever has ended it wants no more of it. */
async function orProblem(problems: DrillError[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const known = asDrillError(error);
    if (!known || known.outcome === 'cancelled') throw error;
    problems.push(known);
  }
}

/** They change how it is said what was found. */
const OF_OUTPUT: readonly string[] = ['json', 'nagios', 'textfile', 'notify'];

/** What decides what can be found, in words: who asks for less is another monitor. */
function askedBy(options: CheckOptions): string[] {
  return Object.entries(options)
    .filter(([option]) => !OF_OUTPUT.includes(option))
    .map(([option, value]) => (value === true ? option : `${option}=${String(value)}`))
    .toSorted();
}

/** How much is looked at. */
function extentOf({ timeout, verify, protection }: CheckOptions): Parameters<typeof lookAt>[1] {
  const extent = { verify: verify === true, protection: protection === true };
  return timeout === undefined ? extent : { ...extent, timeout };
}

/** A warning is shown and does not change the status, as with runs. */
const STATUS: Readonly<Record<Level, number>> = {
  ok: EXIT.passed,
  warning: EXIT.passed,
  critical: EXIT.failed,
  unknown: EXIT.inconclusive,
};

/** Nagios reads 2 as critical: what kept us from an answer is 3, also a plan that cannot be used. */
async function checkForNagios(files: readonly string[], options: CheckOptions, context: CliContext): Promise<number> {
  try {
    const { found, problems } = await lookAtAll(files, options, context, () => undefined);
    context.stdout(context.redactor.text(nagiosText(found, problems)));
    return NAGIOS_STATUS[nagiosLevel(found, problems)];
  } catch (error) {
    const known = asDrillError(error);
    if (!known) throw error;
    context.stdout(context.redactor.text(nagiosError(known)));
    return known.outcome === 'cancelled' ? exitStatusOfSignal(context.receivedSignal()) : NAGIOS_STATUS.unknown;
  }
}
