import { Option, type Command } from '@commander-js/extra-typings';
import { DrillError } from '../../core/errors.ts';
import { runbookOf, type RunbookFormat } from '../../runbook/of-plan.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-status.ts';
import { plansFor } from '../plans/load-plans.ts';
import { writeTextFile } from '../write-text-file.ts';
import type { Done } from './command.ts';

interface RunbookOptions {
  readonly format: RunbookFormat;
  readonly output?: string | undefined;
  readonly reports?: string | undefined;
}

export function define(command: Command, context: CliContext, done: Done): void {
  command
    .argument('<plan>', 'a plan file, or its name in drills/')
    .addOption(new Option('--format <format>', 'the format').choices(['md', 'html'] as const).default('md' as const))
    .option('--output <file>', 'write it to this file')
    .option('--reports <dir>', 'where reports are; default: as the plan says')
    .addHelpText('after', examples('drill runbook orders', 'drill runbook orders --format html --output runbook.html'))
    .action((plan, options) => done(runbook(plan, options, context)));
}

/** The way out of a disaster, of what was proven. Returns the exit status. */
function runbook(file: string, { format, output, reports }: RunbookOptions, context: CliContext): number {
  const [plan] = plansFor([file], reports === undefined ? {} : { reports });
  if (!plan) throw new DrillError('plan-invalid', `${file} names no drill`);
  const text = context.redactor.text(runbookOf(plan, context.env)(format));
  if (output === undefined) context.stdout(text);
  else writeTextFile(output, text);
  return EXIT.passed;
}
