import type { BackupSet } from '../../pgbackrest/info.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import { END_OF_ARCHIVE, END_OF_SET } from '../../targets/fallback.ts';
import { plannedKindOf } from '../../targets/index.ts';
import type { Preflight } from '../preflight/preflight.ts';
import { beforeHole } from './before-hole.ts';
import type { StepName } from './rules.ts';
import { leastRelatedSet, setBefore, unrelatedSet } from './sets.ts';

/** What is known of a run that failed. */
export interface Failed {
  /** As the run took it. */
  readonly plan: Pick<DrillPlan, 'source' | 'target' | 'timeline' | 'fallback'>;
  /** The repository that it drilled; null: it settled on none. */
  readonly repo: number | null;
  /** The others that are configured. */
  readonly others: readonly number[];
  readonly ready: Pick<Preflight, 'backup' | 'target' | 'usable' | 'follow' | 'setsElsewhere' | 'walElsewhere'> | null;
  /** The WAL file that ended it; null: none did. */
  readonly walFile: string | null;
}

/** What is to be tried, and why that. */
export interface Try extends Pick<DrillPlan, 'target' | 'timeline'> {
  readonly repo: number;
  /** A label, or latest. */
  readonly backup: string;
  readonly why: string;
}

/** Why a step leads to nothing, as the end of a sentence. */
type Nothing = string;

/** What each step comes to for a run that failed. */
export const STEPS: Readonly<Record<StepName, (failed: Failed) => Try | Nothing>> = {
  'other-set': (failed) => {
    const set = failed.ready && unrelatedSet(failed.ready.backup, failed.ready.usable);
    if (!set) return `${here(failed)} holds no other set that shares no file with this one`;
    return withSet(failed, set, `it shares no file with ${failed.ready?.backup.label ?? 'the set that failed'}`);
  },
  'related-set': (failed) => {
    const set = failed.ready && leastRelatedSet(failed.ready.backup, failed.ready.usable);
    if (!set) return `${here(failed)} holds no other set that leads to the target`;
    return withSet(failed, set, 'nothing else is left, though it shares files with the set that failed');
  },
  'other-repository': otherRepository,
  'before-the-hole': (failed) => {
    const { ready, walFile, repo } = failed;
    if (ready === null || repo === null || walFile === null) return 'it is not known where the hole in the WAL begins';
    const found = beforeHole(walFile, ready);
    if (found === null) return `no set of ${here(failed)} becomes consistent before WAL file ${walFile}`;
    const { set, target, last } = found;
    if (target === null) return withSet(failed, set, `it begins behind WAL file ${walFile}`);
    const timeline = target === END_OF_SET ? 'current' : failed.plan.timeline;
    const why = `${last ?? 'its own WAL'} is the last WAL segment before the hole`;
    return { repo, backup: set.label, target, timeline, why };
  },
  'end-of-archive': (failed) => {
    const { ready, repo, plan } = failed;
    if (ready === null || repo === null) return 'it is not known what the archive holds';
    const why = 'the archive ends before the target, and its end is the latest point that it leads to';
    return { repo, backup: ready.backup.label, target: END_OF_ARCHIVE, timeline: plan.timeline, why };
  },
  'earlier-data': (failed) => {
    const { ready, repo, plan } = failed;
    if (!plannedKindOf(plan.target).goesToTheEnd)
      return 'an older set holds other data only if the target is the end of the archive';
    const set = ready && setBefore(ready.backup, ready.usable);
    if (!set || repo === null) return `${here(failed)} holds no older set`;
    // To the end of the archive it would be recovered to the same data.
    const why = 'its own end shows whether the data was as it should be at that time';
    return { repo, backup: set.label, target: END_OF_SET, timeline: 'current', why };
  },
};

function otherRepository({ plan, repo, others, ready, walFile }: Failed): Try | Nothing {
  if (others.length === 0) return 'no other repository is configured';
  if (repo === null) return 'the run did not get so far as to settle on a repository';
  const free = others.filter((key) => plan.fallback?.drilledAnyway.includes(key) !== true);
  if (free.length === 0) return `the plan drills repository ${others.join(' and ')} anyway`;
  const holds = (key: number): boolean | null => ready?.walElsewhere.get(key) ?? null;
  const holding = [...free.filter(holds), ...free.filter((key) => holds(key) === null)];
  if (holding.length === 0) return `no other repository holds WAL file ${walFile ?? '?'}`;
  // Where all repositories were asked, those without a set of the cluster are known.
  const isAsked = plan.source.repo === null && ready !== null;
  const withSets = holding.filter((key) => !isAsked || ready.setsElsewhere.some((set) => set.repo === key));
  const [key] = withSets;
  if (key === undefined) return 'no other repository holds a backup set of this cluster';
  const why = holds(key) === null ? 'it is another copy' : `it holds WAL file ${walFile ?? '?'}`;
  return { repo: key, backup: 'latest', ...aimOf({ plan, ready }), why };
}

function withSet(failed: Failed, set: BackupSet, why: string): Try {
  return { repo: set.repo, backup: set.label, ...aimOf(failed), why };
}

/** A position that was drawn is the same in every copy. */
function aimOf({ plan, ready }: Pick<Failed, 'plan' | 'ready'>): Pick<DrillPlan, 'target' | 'timeline'> {
  return { target: ready?.target ?? plan.target, timeline: plan.timeline };
}

function here({ repo }: Failed): string {
  return repo === null ? 'the repository' : `repository ${repo}`;
}
