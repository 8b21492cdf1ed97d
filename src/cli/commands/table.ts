import { Option, type Command } from '@commander-js/extra-typings';
import { exitStatusOfOutcome, EXIT, exitStatusOf, worstExitStatus } from '../exit-status.ts';
import { DrillError } from '../../core/errors.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { readTableOptions, type TableOptions } from '../extract/table-options.ts';
import { takeTables, type Taken } from '../extract/take-tables.ts';
import { withCopy } from '../extract/with-copy.ts';
import { oneCopy } from '../plans/copy-options.ts';
import { planFiles } from '../plans/plan-files.ts';
import { addPlanOptions, seedOf } from '../plans/plan-options.ts';
import { showError } from '../view/show-error.ts';
import { tableDocumentText } from '../view/table-document.ts';
import type { Done } from './command.ts';

export function define(command: Command, context: CliContext, done: Done): void {
  addPlanOptions(command);
  command
    .argument('<names...>', 'tables: orders, shop.orders or, in the quotes of SQL, \'shop."Order Lines"\'')
    .optionsGroup('The tables:')
    .option('--plan <plan>', 'a plan file, or its name in drills/; default: the one that is there')
    .option('--database <name>', 'where the tables are; default: the database that has them')
    .option('--where <condition>', 'only the rows that it holds for, as behind WHERE; with one table')
    .addOption(new Option('--format <format>', 'of the file').choices(['custom', 'sql']).default('custom' as const))
    .option('--output <file>', 'the file; default: TABLE.dump or TABLE.sql, here; none with --into-dsn')
    .option('--force', 'replace that file if it is there')
    .option('--into-dsn <env:NAME>', 'a server that the rows are put into, in a new schema; or a file with its URL')
    .option('--into <schema>', 'the schema there, which may exist; tables of these names may not')
    .option('--diff <env:NAME>', 'production, to say which rows differ; it is only read; or a file with its URL')
    .option('--diff-timeout <duration>', 'each query in production is stopped after this', '5m')
    .option('--limit <rows>', 'how many differing rows are shown', '20')
    .option('--json', 'print what came of it as JSON')
    .addHelpText(
      'after',
      examples(
        'drill table orders --stanza main --target-time "2026-05-13 14:32:00+00"',
        'drill table shop.orders shop.order_lines --plan orders --target-time -15m --format sql --output orders.sql',
        'drill table orders --plan orders --target-time -1h --where "customer_id = 7" --into-dsn env:PRODUCTION_DSN',
        'drill table orders --plan orders --target-time -1h --diff env:PRODUCTION_DSN',
      ),
    )
    .action(async (names, options) => done(await table(names, options, context)));
}

/**
 * Recovers a copy to the target and takes tables out of it. What came of it is on stdout, all else on stderr. Returns the worse of the
 * exit status of the drill and of what was done.
 */
async function table(names: readonly string[], options: TableOptions, context: CliContext): Promise<number> {
  const request = await readTableOptions(names, options, context);
  const plan = oneCopy(planNamed(options), options, context);
  let taken: Taken | null = null;
  const result = await withCopy(plan, seedOf(options), context, async (inside) => {
    taken = await takeTables(inside, request, context);
  });
  return worstExitStatus([exitStatusOf(result.report, context.receivedSignal()), told(taken, options, context)]);
}

/** Says what came of it; gives its exit status. */
function told(taken: Taken | null, { json }: TableOptions, context: CliContext): number {
  const { redactor, stdout, stderr, stdoutStyle, stderrStyle } = context;
  if (taken === null) {
    stderr('There was no copy to take a table from.\n');
    return EXIT.inconclusive;
  }
  const { document, faults } = taken;
  stdout(json ? `${JSON.stringify(document, null, 2)}\n` : redactor.text(tableDocumentText(document, stdoutStyle)));
  for (const fault of faults) stderr(redactor.text(showError(fault, stderrStyle)));
  const own = document.standing === 'whole' ? EXIT.passed : EXIT.failed;
  return worstExitStatus([own, ...faults.map(({ outcome }) => exitStatusOfOutcome(outcome, context.receivedSignal()))]);
}

/** The plan that was named, or the only one here; none where a stanza is named. */
function planNamed({ plan, stanza }: TableOptions): string[] {
  if (plan !== undefined) return [plan];
  const here = stanza === undefined ? planFiles() : [];
  if (here.length <= 1) return [...here];
  throw new DrillError('plan-invalid', 'there are several plans here', {
    hint: `name one with --plan: ${here.join(', ')}; or a stanza with --stanza`,
  });
}
