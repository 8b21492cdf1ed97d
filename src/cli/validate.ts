import { asDrillError, DrillError } from '../core/errors.ts';
import { formatProblem, loadPlans, PlanError } from '../plan/load.ts';
import type { CliContext } from './context.ts';
import { EXIT } from './exit-status.ts';
import { PLAN_DIRECTORY, planFile, planFiles } from './plan-files.ts';

/** `drill validate`: every problem of every plan, each with its place. Returns the exit status: 2 when there is any. */
export function validate(arguments_: readonly string[], context: CliContext): number {
  const files = arguments_.length > 0 ? arguments_.map(planFile) : planFiles();
  if (files.length === 0) {
    throw new DrillError('not-found', `there is no plan in ${PLAN_DIRECTORY}/`, { hint: 'write one with: drill init' });
  }
  const problems = files.flatMap((file) => {
    const found = problemsOf(file);
    if (found.length === 0) context.stdout(`${context.stdoutStyle('green', '✓')} ${file}\n`);
    return found;
  });
  context.stderr(problems.map((problem) => `${problem}\n`).join(''));
  return problems.length === 0 ? EXIT.passed : EXIT.usage;
}

function problemsOf(file: string): string[] {
  try {
    loadPlans({ file, overrides: [], now: new Date() });
    return [];
  } catch (error) {
    if (error instanceof PlanError) return error.problems.map(formatProblem);
    const known = asDrillError(error);
    if (!known) throw error;
    return [known.message];
  }
}
