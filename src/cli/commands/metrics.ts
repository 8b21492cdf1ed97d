import { Option, type Command } from '@commander-js/extra-typings';
import { DrillError } from '../../core/errors.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-status.ts';
import { drillMetrics, USUAL_GRACE } from '../metrics/drill-metrics.ts';
import { writeTextfile } from '../../metrics/write-textfile.ts';
import { graceOf } from '../plans/grace.ts';
import { planFiles } from '../plans/plan-files.ts';
import { showError } from '../view/show-error.ts';
import type { Done } from './command.ts';

interface MetricsOptions {
  readonly textfile?: string | undefined;
  readonly openmetrics?: true | undefined;
  readonly grace: string;
  readonly reports?: string | undefined;
}

export function define(command: Command, context: CliContext, done: Done): void {
  command
    .argument('[plan...]', 'plan files, or their names in drills/; default: drills/*.yaml')
    .option('--textfile <file>', 'write them to this file, which node_exporter reads; it ends in .prom')
    .addOption(
      new Option('--openmetrics', 'print them as OpenMetrics; default: the text format of Prometheus').conflicts(
        'textfile',
      ),
    )
    .option('--grace <duration>', 'how late a drill may begin', USUAL_GRACE)
    .option('--reports <dir>', 'where reports are; default: as the plans say')
    .addHelpText(
      'after',
      examples('drill metrics', 'drill metrics --textfile /var/lib/prometheus/node-exporter/pgdrill.prom'),
    )
    .action(async (plans, options) => done(await metrics(plans, options, context)));
}

/** Drills in numbers, by what is on record of them. Returns the exit status: 2 where a plan cannot be used. */
async function metrics(named: readonly string[], options: MetricsOptions, context: CliContext): Promise<number> {
  const graceMs = graceOf(options.grace);
  const files = named.length > 0 ? named : planFiles();
  if (files.length === 0)
    throw new DrillError('not-found', 'there is no plan in drills/', { hint: 'write one with: drill init' });
  const plans = files.map((file) => ({ file, reports: options.reports }));
  const format = options.openmetrics ? 'openmetrics' : 'prometheus';
  const { text, problems } = await drillMetrics({ plans, graceMs, format }, context);
  if (options.textfile === undefined) context.stdout(text);
  else writeTextfile(options.textfile, text);
  for (const problem of problems) context.stderr(context.redactor.text(showError(problem, context.stderrStyle)));
  return problems.length > 0 ? EXIT.usage : EXIT.passed;
}
