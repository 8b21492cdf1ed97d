import { z } from 'zod';
import { formatDuration } from '../../core/duration.ts';
import { wasKilled } from '../../host/was-killed.ts';
import { besidePlan } from '../beside-plan.ts';
import type { CheckContext, CheckFinding } from '../check.ts';
import { checkKind, common, type AnyCheck } from './kind.ts';

/**
 * psql goes on after an error, and ends with 0 (15.18: `psql -f` with `select 1/0` in it, and `-c 'select 1/0' -c 'select 1'`):
 * a check that could not be asked would pass. A psql with -X does not read this.
 */
export const STOP_AT_ERRORS = '\\set ON_ERROR_STOP on\n';

interface CommandCheck extends AnyCheck {
  readonly kind: 'command';
  readonly command: readonly string[];
  /** The directory that it runs in: that of the plan; null: the plan is not on the machine that it runs on. */
  readonly directory: string | null;
  /** What of that directory it may read: whatever its words name there. */
  readonly reads: readonly string[];
}

/** A program that is run against the restored instance; it passes when it ends with exit status 0. */
export const command = checkKind({
  forms: {
    command: z.strictObject({
      ...common,
      command: z
        .array(z.string().min(1))
        .min(1)
        .describe('a program and its arguments; gets PGHOST, PGPORT, PGUSER, PGDATABASE'),
    }),
  },
  read: (written, { base, isHere }): CommandCheck => ({
    ...written,
    kind: 'command',
    directory: isHere ? base : null,
    reads: isHere ? besidePlan(written.command, base) : [],
  }),
  run,
});

async function run(check: CommandCheck, context: CheckContext): Promise<CheckFinding> {
  const expected = 'exit status 0';
  const lines: string[] = [];
  const result = await context.host.run(check.command, {
    env: { ...context.sessions.environment(check.database, check.user ?? null), PSQLRC: context.psqlrc },
    unrecorded: check.redact,
    deadlineMs: check.timeout,
    signal: context.signal,
    role: 'check',
    reads: check.reads,
    ...(check.directory === null ? {} : { cwd: check.directory }),
    onLine: (line) => {
      if (line.trim() === '') return;
      lines.push(line.trim());
      if (lines.length > 3) lines.shift();
    },
  });
  const observed =
    result.exitCode === null ? `ended by ${result.signal ?? 'a signal'}` : `exit status ${result.exitCode}`;
  if (result.timedOut)
    return { status: 'error', expected, observed: null, message: `not done within ${formatDuration(check.timeout)}` };
  if (wasKilled(result))
    return { status: 'skipped', expected, observed: null, message: 'its program was killed before it gave an answer' };
  return {
    status: result.exitCode === 0 ? 'passed' : 'failed',
    expected,
    observed: lines.length === 0 ? observed : `${observed}: ${lines.join(' | ')}`,
    message: null,
  };
}
