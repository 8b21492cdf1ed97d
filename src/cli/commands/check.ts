import { Option, type Command } from '@commander-js/extra-typings';
import type { CheckUp } from '../../check-up/document.ts';
import { worstLevel, type Level } from '../../check-up/finding-codes.ts';
import { asDrillError } from '../../core/errors.ts';
import {
  addCheckUpOptions,
  lookAt,
  plansToCheck,
  type CheckUpOptions,
  type PromiseOptions,
} from '../check-up/options.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { EXIT, exitStatusOfSignal, worstExitStatus } from '../exit-status.ts';
import { writeCheckMetrics } from '../metrics/check-textfile.ts';
import { checkAlarm } from '../notify/alarms.ts';
import { orTell } from '../notify/or-tell.ts';
import { tell } from '../notify/services.ts';
import { checkUpText } from '../view/check-up.ts';
import { nagiosError, nagiosText, NAGIOS_STATUS } from '../view/nagios.ts';
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
  const found: CheckUp[] = [];
  for await (const one of lookAtEach(files, options, context)) {
    found.push(one);
    context.stdout(
      options.json ? `${JSON.stringify(one)}\n` : `${checkUpText(one, context.stdoutStyle, context.stdoutColumns())}\n`,
    );
  }
  await writeCheckMetrics(options.textfile, found);
  return worstExitStatus(found.map(({ level }) => STATUS[level]));
}

/** What is found is told when it is found, whatever becomes of the next plan. */
async function* lookAtEach(
  files: readonly string[],
  options: CheckOptions,
  context: CliContext,
): AsyncGenerator<CheckUp> {
  const isTold = options.notify === true;
  const all = await orTell({ isTold, files }, context, () => plansToCheck(files, options, context.env));
  for (const asked of all) {
    const { plan } = asked;
    const begin = { isTold, files: [`the check of ${plan.name}`], plan };
    const one = await orTell(begin, context, () => lookAt(asked, extentOf(options), context));
    yield one;
    if (isTold) await tell(checkAlarm(one, plan, askedBy(options)), context);
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
    const found: CheckUp[] = [];
    for await (const one of lookAtEach(files, options, context)) found.push(one);
    await writeCheckMetrics(options.textfile, found);
    context.stdout(nagiosText(found));
    return NAGIOS_STATUS[worstLevel(found.map(({ level }) => level))];
  } catch (error) {
    const known = asDrillError(error);
    if (!known) throw error;
    context.stdout(context.redactor.text(nagiosError(known)));
    return known.outcome === 'cancelled' ? exitStatusOfSignal(context.receivedSignal()) : NAGIOS_STATUS.unknown;
  }
}
