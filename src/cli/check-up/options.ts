import { Option } from '@commander-js/extra-typings';
import type { CheckUp } from '../../check-up/document.ts';
import { checkUp } from '../../check-up/check-up.ts';
import { systemClock } from '../../core/clock.ts';
import { parseDurationMs } from '../../core/duration.ts';
import { DrillError } from '../../core/errors.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import type { PlanOverride } from '../../plan/load.ts';
import type { CliContext } from '../context.ts';
import { plansFor } from '../plans/load-plans.ts';
import type { PlanOptions } from '../plans/plan-options.ts';

/** What `check` and `windows` both take. */
export type CheckUpOptions = Pick<PlanOptions, 'stanza' | 'config' | 'repo'> & { readonly timeout?: string };

/** What promises can be given without a plan; see the fields of the same names in a plan. */
export interface PromiseOptions extends Pick<PlanOptions, 'rpo'> {
  readonly backupAge?: string;
  readonly recoverable?: string;
  readonly retentionFull?: string;
  readonly retentionDiff?: string;
}

/** Adds them to a command. */
export function addCheckUpOptions(command: { addOption(option: Option): unknown }): void {
  for (const [flags, says] of [
    ['--stanza <name>', 'the stanza'],
    ['--config <file>', "pgBackRest's configuration; default: its own search order"],
    ['--repo <n>', 'only this repository, or these: 1,2; default: all that are configured'],
    ['--timeout <duration>', 'a repository that has not answered by then is unknown; default: 4m'],
  ] as const)
    command.addOption(new Option(flags, says));
}

/** A plan, and which repositories it names. */
export interface Asked {
  readonly plan: DrillPlan;
  readonly repos: readonly number[] | null;
}

/** The plans of the files, or the one that the options make. One that names several repositories is looked at as a whole. */
export function plansToCheck(
  files: readonly string[],
  options: CheckUpOptions & PromiseOptions,
  env: NodeJS.ProcessEnv = process.env,
): Asked[] {
  const plans = plansFor(files, options, promiseOverrides(options), env);
  return [...Map.groupBy(plans, ({ file, name }) => `${file ?? ''} ${name}`).values()].flatMap((ofOne) => {
    const [plan] = ofOne;
    if (plan === undefined) return [];
    const repos = ofOne.flatMap(({ source, rotation }) => source.repo ?? rotation?.repos ?? []);
    return [{ plan, repos: repos.length === 0 ? null : repos }];
  });
}

function promiseOverrides({ backupAge, recoverable, retentionFull, retentionDiff }: PromiseOptions): PlanOverride[] {
  const given = [
    [['objectives', 'backupAge'], backupAge, '--backup-age'],
    [['objectives', 'recoverable'], recoverable, '--recoverable'],
    [['retention', 'full'], retentionFull && Number(retentionFull), '--retention-full'],
    [['retention', 'diff'], retentionDiff && Number(retentionDiff), '--retention-diff'],
  ] as const;
  return given.flatMap(([path, value, option]) => (value === undefined ? [] : [{ path, value, option }]));
}

const USUAL_TIMEOUT_MS = 240_000;

/** Looks at the repositories of a plan, as far as the options allow. To verify takes as long as it takes, unless told otherwise. */
export function lookAt(
  { plan, repos }: Asked,
  {
    timeout,
    verify,
    protection,
  }: Pick<CheckUpOptions, 'timeout'> & {
    readonly verify: boolean;
    readonly protection: boolean;
  },
  { redactor, env, signal }: CliContext,
): Promise<CheckUp> {
  const timeoutMs = timeout === undefined ? (verify ? null : USUAL_TIMEOUT_MS) : timeoutOf(timeout);
  return checkUp({ plan, repos, verify, protection, timeoutMs }, { clock: systemClock, redactor, env, signal });
}

function timeoutOf(text: string): number {
  const ms = parseDurationMs(text);
  if (ms !== null && ms > 0) return ms;
  throw new DrillError('plan-invalid', `--timeout: "${text}" is no duration`, { hint: 'write 30s, or 5m' });
}
