import type { Command } from '@commander-js/extra-typings';
import type { CheckUp } from '../../check-up/document.ts';
import { addCheckUpOptions, lookAt, plansToCheck, type CheckUpOptions } from '../check-up/options.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { EXIT, worstExitStatus } from '../exit-status.ts';
import { windowsText } from '../view/windows.ts';
import type { Done } from './command.ts';

type WindowsOptions = CheckUpOptions & { readonly json?: true };

export function define(command: Command, context: CliContext, done: Done): void {
  command.optionsGroup('What is looked at (the command line wins over the plan):');
  addCheckUpOptions(command);
  command
    .argument('[plan...]', 'plan files, or their names in drills/')
    .optionsGroup('Output:')
    .option('--json', 'print what drill check --json prints, a line a plan')
    .addHelpText('after', examples('drill windows --stanza main', 'drill windows orders --repo 2'))
    .action(async (files, options) => done(await windows(files, options, context)));
}

/**
 * Shows what can be recovered to. Returns the exit status: 3 when a repository could not be looked at, 1 when nothing in one can be
 * recovered to; what was promised is for `check` to judge.
 */
async function windows(files: readonly string[], options: WindowsOptions, context: CliContext): Promise<number> {
  const statuses: number[] = [];
  for (const asked of plansToCheck(files, options)) {
    const found = await lookAt(asked, { ...options, verify: false, protection: false }, context);
    const text = windowsText(found, context.stdoutStyle, context.stdoutColumns());
    context.stdout(options.json ? `${JSON.stringify(found)}\n` : `${text}\n`);
    statuses.push(...found.repositories.map((repository) => statusOf(repository, found)));
  }
  return worstExitStatus(statuses);
}

function statusOf({ key, lookedAt, branches }: CheckUp['repositories'][number], { findings }: CheckUp): number {
  if (branches.some(({ windows: some }) => some.length > 0)) return EXIT.passed;
  const isUnknown = !lookedAt && findings.every(({ repo, level }) => repo !== key || level !== 'critical');
  return isUnknown ? EXIT.inconclusive : EXIT.failed;
}
