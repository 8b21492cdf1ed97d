import type { FallbackReport } from '../fallback.ts';
import type { DrillReport } from '../report.ts';
import { paragraph, type Block } from './blocks.ts';
import { isWarning, orderedReasons } from './reasons.ts';
import { capital, durationText, secondText, sentence } from './words.ts';

/** What is tried after a run that failed, or why nothing is, in a sentence. It holds no restored data. */
export function fallbackText({ tried, code, why, repo, backup }: FallbackReport): string {
  const after = code === null ? '' : ` after ${code}`;
  return tried
    ? `fallback${after}: ${triedText(repo, backup)} is tried, because ${why}`
    : `no fallback${after}, because ${why}`;
}

/** A backup set, or the newest one, and where it lies. */
export function triedText(repo: number | null, backup: string | null): string {
  const set = backup === null || backup === 'latest' ? 'the newest set' : `set ${backup}`;
  return repo === null ? set : `${set} of repository ${repo}`;
}

/** What is known of a fallback once its run has ended. */
export function withResult(fallback: FallbackReport, run: DrillReport): FallbackReport {
  return {
    ...fallback,
    run: run.runId,
    verdict: run.verdict,
    recoveredTo: recoveredTo(run),
    rtoMs: run.rto.measuredMs,
    result: fallbackResult(run),
  };
}

/** The end of the set counts where no transaction came behind it. */
function recoveredTo({ recovery, source: { backup } }: DrillReport): string | null {
  return recovery?.reached === true ? (recovery.lastCommitAt ?? backup?.stoppedAt ?? null) : null;
}

const BEGINNINGS: Readonly<Record<DrillReport['verdict'], string>> = {
  passed: 'fallback',
  failed: 'fallback failed too',
  inconclusive: 'fallback without an answer',
  cancelled: 'fallback cancelled',
};

/** What says nothing of the backup itself: it recovers all the same. */
const OF_OBJECTIVES: readonly string[] = ['rto-missed', 'rpo-missed', 'backup-too-old'];

/** The answer to "what now?", of the run of a fallback, in a sentence. It holds no restored data. */
export function fallbackResult(run: DrillReport): string {
  const { source, verdict, rto } = run;
  const place = source.repo?.key ?? run.copies.find(({ thisRun }) => thisRun)?.key ?? null;
  const what = triedText(place, source.backup?.label ?? null);
  const against = orderedReasons(run.reasons).flatMap((reason) => (isWarning(reason) ? [] : [reason.code]));
  const codes = [...new Set(against)].join(', ');
  const to = recoveredTo(run);
  const isGood = to !== null && verdict === 'failed' && against.every((code) => OF_OBJECTIVES.includes(code));
  if (to === null) return `${BEGINNINGS[verdict]}: ${what} was not recovered${codes === '' ? '' : ` (${codes})`}`;
  const end = run.recovery?.lastCommitAt === null ? 'its own end, ' : '';
  const took = rto.measuredMs === null ? 'RTO not measured' : `measured RTO ${durationText(rto.measuredMs)}`;
  const but = codes === '' ? '' : `, but ${codes}`;
  return `${BEGINNINGS[isGood ? 'passed' : verdict]}: ${what} recovers to ${end}${secondText(to)}, ${took}${but}`;
}

/** That a run is the fallback of another one: what stands on top, so that nobody takes it for a drill that passed. */
export function describeFallbackOf({ fallbackOf, drill }: DrillReport): Block[] {
  if (fallbackOf === null) return [];
  const says = { strong: 'This is a fallback, and no drill of its own:' };
  const of = `, which failed and stays failed. It counts for nothing else, and ${drill} is not proven by it.`;
  return [paragraph([says, ' it was tried after run ', { code: fallbackOf }, of])];
}

/** What is tried after a run, or why nothing is. */
export function describeFallback({ fallback }: DrillReport): Block[] {
  if (fallback === null) return [];
  const text = [fallbackText(fallback), ...(fallback.result === null ? [] : [fallback.result])];
  return [paragraph(text.map((one) => sentence(capital(one))).join(' '))];
}
