import { CommanderError } from '@commander-js/extra-typings';
import { secretsInEnvironment } from '../core/environment-secrets.ts';
import { asDrillError, DrillError } from '../core/errors.ts';
import { closeInherited } from '../core/inherited.ts';
import type { CliContext } from './context.ts';
import { EXIT, exitStatusOfOutcome } from './exit-status.ts';
import { processContext } from './process-context.ts';
import { program } from './program.ts';
import { bugText, showError } from './view/show-error.ts';

/** Runs the command that the arguments name, in this process. Never rejects; returns the exit status. */
export async function main(args: readonly string[]): Promise<number> {
  closeInherited(args);
  const context = processContext();
  const status = await execute(args, context);
  return context.bugHappened() ? EXIT.bug : status;
}

/** Runs the command that the arguments name. Shows every error, expected or not, and returns the exit status. */
export async function execute(args: readonly string[], context: CliContext): Promise<number> {
  let status: number = EXIT.bug;
  for (const secret of secretsInEnvironment(context.env)) context.redactor.add(secret);
  try {
    const command = await program(args[0] ?? null, context, (result) => (status = result));
    await command.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.passed : EXIT.usage;
    const known = asDrillError(error) ?? withoutDirectory(error);
    context.stderr(context.redactor.text(known ? showError(known, context.stderrStyle) : bugText(error)));
    return known ? exitStatusOfOutcome(known.outcome, context.receivedSignal()) : EXIT.bug;
  }
}

/** What Node.js throws as soon as the working directory is asked for, once that is gone: relative paths mean nothing then. */
function withoutDirectory(error: unknown): DrillError | null {
  if (!(error instanceof Error) || !/\buv_cwd\b/.test(error.message)) return null;
  return new DrillError('not-found', 'the directory that pgdrill was started in is not there any more', {
    hint: 'change to a directory that is there, and start it again',
    cause: error,
  });
}
