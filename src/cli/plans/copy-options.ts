import { parseDurationMs } from '../../core/duration.ts';
import { DrillError } from '../../core/errors.ts';
import type { RecoveredCopy } from '../../drill/services.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import { revealer } from '../../notify/secret.ts';
import { dsnProblem, passwordsIn } from '../../postgres/dsn.ts';
import type { CliContext } from '../context.ts';
import { plansFor } from './load-plans.ts';
import type { PlanOptions } from './plan-options.ts';

/**
 * The one drill whose copy is worked with, and no other one when it fails. Throws `plan-invalid` for several, and for a copy that stays a
 * standby, in which nothing can be restored on trial.
 */
export function oneCopy(files: readonly string[], options: PlanOptions, { env }: CliContext): DrillPlan {
  const [plan, ...others] = plansFor(files, options, [], env);
  if (!plan || others.length > 0) {
    throw new DrillError('plan-invalid', `one copy is wanted, and the plan names ${others.length + 1}`, {
      hint: 'name the repository, such as --repo 1',
    });
  }
  if (options.standby) throw standsBy();
  return { ...plan, fallback: null };
}

/** Refuses a copy that is in recovery, whatever made it one. */
export function requirePromoted({ recovery }: Pick<RecoveredCopy, 'recovery'>): void {
  if (recovery.state === 'standby') throw standsBy();
}

function standsBy(): DrillError {
  return new DrillError('plan-invalid', 'a standby cannot be written to', { hint: 'name a moment with --target-time' });
}

/**
 * The connection string that a reference of an option stands for: env:NAME, or the path of a file. It is shown nowhere. Throws
 * `secret-unusable`, and `plan-invalid` for one that cannot be used.
 */
export async function dsnOf(option: string, reference: string, { env, redactor, signal }: CliContext): Promise<string> {
  if (/^postgres(?:ql)?:/.test(reference)) {
    redactor.add(reference);
    for (const password of passwordsIn(reference)) redactor.add(password);
    throw new DrillError(
      'plan-invalid',
      `${option}: a connection string is a secret, and every user sees the words of a command`,
      {
        hint: `put it into a variable or a file that only you can read, and write ${option} env:NAME or ${option} FILE`,
      },
    );
  }
  const written = /^(?:env|file):/.test(reference) ? reference : `file:${reference}`;
  const dsn = await revealer(process.cwd(), { env, redactor, signal })(written);
  for (const password of passwordsIn(dsn)) redactor.add(password);
  const problem = dsnProblem(dsn);
  if (problem !== null) throw new DrillError('plan-invalid', `${option}: the connection string ${problem}`);
  return dsn;
}

/** A number of rows from an option. Throws `plan-invalid`. */
export function countOf(option: string, text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new DrillError('plan-invalid', `${option} ${text} is no number of rows`, { hint: 'write it as 20' });
}

/** A duration from an option, in milliseconds. Throws `plan-invalid`. */
export function durationOf(option: string, text: string): number {
  const ms = parseDurationMs(text);
  if (ms !== null && ms > 0) return ms;
  throw new DrillError('plan-invalid', `${option} ${text} is no duration`, { hint: 'write it as 30s or 5m' });
}
