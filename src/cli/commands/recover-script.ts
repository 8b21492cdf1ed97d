import type { Command } from '@commander-js/extra-typings';
import { DrillError } from '../../core/errors.ts';
import { shellJoin } from '../../core/shell-quote.ts';
import { recoverScriptOf } from '../../runbook/of-plan.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-status.ts';
import { plansFor } from '../plans/load-plans.ts';
import { addPlanOptions, wordsOf, type PlanOptions } from '../plans/plan-options.ts';
import type { Done } from './command.ts';

export function define(command: Command, context: CliContext, done: Done): void {
  addPlanOptions(command);
  command
    .argument('<plan>', 'a plan file, or its name in drills/')
    .addHelpText(
      'after',
      examples(
        'drill recover-script orders > recover.sh',
        'drill recover-script orders --target-time "2026-05-13 14:32:00+00" > recover.sh',
      ),
    )
    .action((plan, options) => done(recoverScript(plan, options, context)));
}

/** Prints the script, and runs nothing of it. Returns the exit status. */
function recoverScript(file: string, options: PlanOptions, context: CliContext): number {
  const [plan, ...others] = plansFor([file], options, [], context.env);
  if (!plan || others.length > 0)
    throw new DrillError('plan-invalid', `a script recovers from one copy, and ${file} names ${others.length + 1}`, {
      hint: 'name the repository, such as --repo 1',
    });
  const command = shellJoin(['drill', 'recover-script', file, ...wordsOf(options)]);
  context.stdout(context.redactor.text(recoverScriptOf(plan, command, context.env)));
  return EXIT.passed;
}
