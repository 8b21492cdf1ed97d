import { inOrder } from '../core/in-order.ts';
import { isConclusive, isOver, openFollowUps, type SiteRun } from './runs.ts';

/**
 * What is known of a drill now. `failed`: the last run that had an answer failed. `no-answer`: the last run had none, and
 * none failed since one passed.
 */
export type State = 'passed' | 'failed' | 'no-answer' | 'never-run';

/** A drill, or one repository of a drill that goes to several: one row of the scorecard. */
export interface Standing {
  readonly drill: string;
  /** Null: the drill has one repository. */
  readonly repo: number | null;
  /** Oldest first. */
  readonly runs: readonly SiteRun[];
  /** The last that is not under way. */
  readonly last: SiteRun | null;
  readonly lastPassed: SiteRun | null;
  readonly state: State;
  /** When it is due after its last run; null: no plan with a schedule is at hand. */
  readonly dueNext: string | null;
  readonly overdue: boolean;
  /** How many of the runs wait for somebody since a follow-up was asked for. */
  readonly followUps: number;
}

/** A drill whose plan is at hand. */
export interface Planned {
  readonly drill: string;
  /** When it is due for the first time after a moment (ISO 8601, UTC); null: it has no schedule. */
  readonly dueAfter: (moment: string) => string | null;
}

/** Runs start a little late, and take their time. */
const GRACE_MS = 3_600_000;

/** The rows of the scorecard, what needs somebody first. A drill that has a plan and no run is one too. */
export function standingsOf(runs: readonly SiteRun[], planned: readonly Planned[], now: string): Standing[] {
  const byDrill = Map.groupBy(runs, ({ drill }) => drill);
  const plans = new Map(planned.map((plan) => [plan.drill, plan]));
  const names = new Set([...byDrill.keys(), ...plans.keys()]);
  const rows = [...names].flatMap((drill) =>
    byRepository(byDrill.get(drill) ?? []).map(({ repo, of }) => standing(drill, repo, of, plans.get(drill), now)),
  );
  return rows.toSorted((a, b) => urgency(a) - urgency(b) || inOrder(a.drill, b.drill) || (a.repo ?? 0) - (b.repo ?? 0));
}

/** A run whose repository is not known counts for each: it must not be hidden by one that passed on another. */
function byRepository(runs: readonly SiteRun[]): { repo: number | null; of: readonly SiteRun[] }[] {
  const repos = [...new Set(runs.flatMap(({ repo }) => repo ?? []))].toSorted((a, b) => a - b);
  if (repos.length < 2) return [{ repo: null, of: runs }];
  return repos.map((key) => ({ repo: key, of: runs.filter(({ repo }) => repo === key || repo === null) }));
}

function standing(
  drill: string,
  repo: number | null,
  runs: readonly SiteRun[],
  plan: Planned | undefined,
  now: string,
): Standing {
  const last = runs.findLast(isOver) ?? null;
  const lastPassed = runs.findLast(({ outcome }) => outcome === 'passed') ?? null;
  const lastBegun = runs.findLast(({ outcome }) => outcome !== 'missed');
  const dueNext = plan?.dueAfter(lastBegun?.startedAt ?? now) ?? null;
  const overdue = dueNext !== null && Date.parse(dueNext) + GRACE_MS < Date.parse(now);
  const followUps = openFollowUps(runs).length;
  return { drill, repo, runs, last, lastPassed, state: stateOf(runs, last), dueNext, overdue, followUps };
}

function stateOf(runs: readonly SiteRun[], last: SiteRun | null): State {
  if (last === null) return 'never-run';
  const answer = runs.findLast(isConclusive);
  if (answer?.outcome === 'failed') return 'failed';
  return last.outcome === 'passed' ? 'passed' : 'no-answer';
}

const URGENCY: Readonly<Record<State, number>> = { failed: 0, 'no-answer': 1, 'never-run': 2, passed: 4 };

function urgency({ state, overdue, followUps }: Standing): number {
  return state === 'passed' && (overdue || followUps > 0) ? 3 : URGENCY[state];
}
