import type { ReasonCode } from '../../core/reason-codes.ts';
import { triedText } from '../../report/document/fallback.ts';
import { targetText } from '../../targets/index.ts';
import { failedOf, firstOf, type KnownOfRun } from './first-of.ts';
import { ruleFor } from './rules.ts';
import { STEPS, type Failed } from './steps.ts';

/** What would be tried after a run that failed for something. */
export interface ForeseenFallback {
  readonly failed: string;
  /** In words; or why nothing would be. */
  readonly tried: string;
}

/** One reason for each kind of fault that leaves something to try, whose steps are known before the run. */
const FAULTS = [
  ['the backup set', 'checksum-mismatch'],
  ['the repository', 'repo-unreadable'],
  ['the data', 'check-failed'],
] as const satisfies readonly (readonly [string, ReasonCode])[];

/** What a plan with a fallback would try after its run, as far as it is known before; empty for a plan without one. */
export function foreseeFallbacks(known: KnownOfRun): ForeseenFallback[] {
  if (known.plan.fallback === null) return [];
  const failed = failedOf(known, null);
  return [
    ...FAULTS.map(([what, code]) => ({ failed: what, tried: afterCode(code, failed) })),
    { failed: 'the archive', tried: afterHole(failed) },
  ];
}

function afterCode(code: ReasonCode, failed: Failed): string {
  const ruled = ruleFor([code]);
  const found = ruled === null ? '' : firstOf(ruled, failed);
  if (typeof found === 'string') return `nothing: ${found}`;
  const { repo, backup, target, why } = found;
  return `${triedText(repo, backup)}, to ${targetText(target)}: ${why}`;
}

/** Where the hole is, is known only then. */
function afterHole(failed: Failed): string {
  const other = STEPS['other-repository'](failed);
  const before = `${failed.repo === null ? 'the same repository' : `repository ${failed.repo}`} up to the last commit before the hole`;
  return typeof other === 'string'
    ? before
    : `repository ${other.repo}, unless it lacks the WAL file as well; else ${before}`;
}
