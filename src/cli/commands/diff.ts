import type { Command } from '@commander-js/extra-typings';
import { DrillError } from '../../core/errors.ts';
import { compareWithRows, keepRows, type FirstMoment, type LookedAt } from '../../extract/compare-moments.ts';
import type { Differences } from '../../extract/differences.ts';
import { readTableNames } from '../../extract/named-tables.ts';
import type { RecoveredCopy } from '../../drill/services.ts';
import { RowFile } from '../../extract/row-file.ts';
import type { DrillResult } from '../../index.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { withCopy } from '../extract/with-copy.ts';
import { EXIT, exitStatusOf, worstExitStatus } from '../exit-status.ts';
import { countOf, oneCopy } from '../plans/copy-options.ts';
import { addPlanOptions, seedOf, type PlanOptions } from '../plans/plan-options.ts';
import { differencesText } from '../view/differences.ts';
import type { Style } from '../view/style.ts';
import type { Done } from './command.ts';

interface DiffOptions extends PlanOptions {
  readonly table: string;
  readonly database?: string | undefined;
  readonly where?: string | undefined;
  readonly limit: string;
  readonly json?: true | undefined;
}

export function define(command: Command, context: CliContext, done: Done): void {
  addPlanOptions(command);
  command
    .argument('<plan>', 'a plan file, or its name in drills/')
    .argument('<from>', 'the first moment, as --target-time takes it')
    .argument('<to>', 'the second moment')
    .optionsGroup('The table:')
    .requiredOption('--table <name>', 'orders, shop.orders or, in the quotes of SQL, \'shop."Order Lines"\'')
    .option('--database <name>', 'where it is; default: the database that has it')
    .option('--where <condition>', 'only the rows that it holds for, as behind WHERE')
    .option('--limit <rows>', 'how many differing rows are shown', '20')
    .option('--json', 'print the differences as JSON')
    .addHelpText(
      'after',
      examples(
        'drill diff orders "2026-05-13 14:30:00+00" "2026-05-13 14:35:00+00" --table shop.orders',
        'drill diff orders --table orders --where "customer_id = 7" -- -1h -30m',
      ),
    )
    .action(async (plan, from, to, options) => done(await diff(plan, [from, to], options, context)));
}

/**
 * Recovers two copies, one after the other, and says which rows of a table are not the same in both. Returns the worse exit status of the
 * two drills; that rows differ is no fault.
 */
async function diff(
  file: string,
  [from, to]: readonly [string, string],
  options: DiffOptions,
  context: CliContext,
): Promise<number> {
  refuseTargets(options);
  const limit = countOf('--limit', options.limit);
  const looked: LookedAt = {
    name: nameOf(options.table),
    database: options.database ?? null,
    where: options.where ?? null,
    moments: [from, to],
  };
  // Both moments are read before either is recovered to: that takes its time, and -15m is meant from now on.
  const [first, second] = [from, to].map((moment) => oneCopy([file], { ...options, targetTime: [moment] }, context));
  if (first === undefined || second === undefined) throw new Error('two moments are two plans');
  const kept: { first: FirstMoment; rows: RowFile }[] = [];
  const found: Differences[] = [];
  const moments: Moment[] = [];
  const before = await withCopy(first, seedOf(options), context, async (inside) => {
    moments.push(momentOf(from, inside));
    context.stderr(`  keeping the rows as they were at ${from}\n`);
    const rows = new RowFile(inside.folder);
    kept.push({ rows, first: await keepRows(inside.sessions, looked, rows) });
  });
  const [state] = kept;
  if (state === undefined) return nothingTold(before, context);
  using rows = state.rows;
  const after = await withCopy(second, seedOf(options), context, async (inside) => {
    moments.push(momentOf(to, inside));
    context.stderr(`  comparing them with those at ${to}\n`);
    found.push(await compareWithRows(inside.sessions, looked, { first: state.first, file: rows, limit }));
  });
  const [differences] = found;
  if (differences === undefined) return nothingTold(after, context);
  const { stdout, stdoutStyle, redactor } = context;
  const told = redactor.data({ schemaVersion: 1, database: state.first.database, moments, ...differences });
  stdout(options.json ? `${JSON.stringify(told, null, 2)}\n` : diffText(told, moments, stdoutStyle));
  return worstExitStatus([before, after].map(({ report }) => exitStatusOf(report, context.receivedSignal())));
}

/** A moment, and what proves that its copy was there. */
interface Moment {
  readonly target: string;
  readonly runId: string;
  readonly proof: string | null;
}

function momentOf(target: string, { runId, recovery: { proof } }: RecoveredCopy): Moment {
  return { target, runId, proof };
}

function diffText(differences: Differences, moments: readonly Moment[], style: Style): string {
  const [before = '', after = ''] = moments.map(({ target }) => target);
  const proofs = moments.map(({ target, proof }) => `  ${target}: ${proof ?? 'no proof'}\n`);
  return `${differencesText(differences, { before, after }, style)}${proofs.join('')}`;
}

function nothingTold({ report }: DrillResult, { stderr, receivedSignal }: CliContext): number {
  stderr('There was no copy to look at, so nothing is known of the differences.\n');
  return worstExitStatus([EXIT.inconclusive, exitStatusOf(report, receivedSignal())]);
}

function nameOf(typed: string): LookedAt['name'] {
  const [name] = readTableNames([typed]);
  if (name === undefined) throw new Error('a name was read and is not there');
  return name;
}

function refuseTargets(options: DiffOptions): void {
  const { targetTime, targetLsn, targetXid, targetName, targetImmediate, latest, standby } = options;
  if (
    [targetTime, targetLsn, targetXid, targetName, targetImmediate, latest, standby].every((one) => one === undefined)
  )
    return;
  throw new DrillError('plan-invalid', 'the two moments are the targets of drill diff', {
    hint: 'write them behind the plan: drill diff orders "2026-05-13 14:30:00+00" -15m --table orders',
  });
}
