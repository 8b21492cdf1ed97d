import { inOrder } from '../core/in-order.ts';
import { isWarning, weightOf } from '../report/document/reasons.ts';
import { counted } from '../report/document/words.ts';
import type { Tone } from '../report/document/blocks.ts';
import { isOpen, type Review } from '../report/review.ts';
import type { MissedDue } from '../store/ledger/index-answers.ts';
import type { History, PastRun, RunWithoutReport } from '../store/past-runs.ts';

/**
 * What a run came to. A run that was killed, or is under way, has no report. `missed` is none: the drill was due then, and did not
 * run.
 */
export type Outcome = PastRun['verdict'] | 'killed' | 'under-way' | 'missed';

/** A run as the site shows it. */
export interface SiteRun {
  readonly drill: string;
  readonly run: string;
  readonly startedAt: string;
  readonly outcome: Outcome;
  /** The number of the repository that it drilled; null: not known, or it did not get that far. */
  readonly repo: number | null;
  /** Null: it has no report. */
  readonly ended: PastRun | null;
  /** What was tried after it, by a run that counts for nothing; null: nothing was. */
  readonly fallback: PastRun | null;
  /** What those have said who looked at it, oldest first. */
  readonly reviews: readonly Review[];
}

/** Sign-offs by `drill/run`. */
type Reviews = ReadonlyMap<string, readonly Review[]>;

/** All runs that restored something or were to, oldest first. One that was refused for what was typed is none. */
export function siteRuns({ runs, fallbacks, withoutReport, missed }: History, reviews: Reviews = new Map()): SiteRun[] {
  const byRun = new Map(fallbacks.map((one) => [`${one.drill}/${one.fallbackOf ?? ''}`, one]));
  const all = [
    ...runs.map((run) => ({ ...ofEnded(run, reviews), fallback: byRun.get(`${run.drill}/${run.run}`) ?? null })),
    ...withoutReport.flatMap(ofWithoutReport),
    ...missed.map(ofMissed),
  ];
  return all.toSorted((a, b) => inOrder(a.startedAt, b.startedAt) || inOrder(a.run, b.run));
}

function ofEnded(ended: PastRun, reviews: Reviews): SiteRun {
  const { drill, run, startedAt, verdict, copy } = ended;
  const said = reviews.get(`${drill}/${run}`) ?? [];
  return { drill, run, startedAt, outcome: verdict, repo: copy?.key ?? null, ended, fallback: null, reviews: said };
}

function ofWithoutReport({ drill, run, startedAt, state }: RunWithoutReport): SiteRun[] {
  if (state === 'withdrawn') return [];
  const outcome = state === 'lost' ? 'killed' : 'under-way';
  return [{ drill, run, startedAt, outcome, repo: null, ended: null, fallback: null, reviews: [] }];
}

function ofMissed({ drill, dueAt }: MissedDue): SiteRun {
  return { drill, run: '', startedAt: dueAt, outcome: 'missed', repo: null, ended: null, fallback: null, reviews: [] };
}

/** Whether it is a run that has ended, with a report or without one. */
export function isOver({ outcome }: SiteRun): boolean {
  return outcome !== 'under-way' && outcome !== 'missed';
}

/** Whether a run says something about the backup: that it can be recovered, or that it was not. */
export function isConclusive({ outcome }: SiteRun): boolean {
  return outcome === 'passed' || outcome === 'failed';
}

/** The runs that wait for somebody since a follow-up was asked for, oldest first. */
export function openFollowUps(runs: readonly SiteRun[]): SiteRun[] {
  return runs.filter(({ reviews }) => isOpen(reviews));
}

/** The codes of the reasons of a run, those that made its verdict first. */
export function codesOf({ ended }: SiteRun): string[] {
  return (ended?.reasons ?? []).toSorted((a, b) => weightOf({ code: a }) - weightOf({ code: b }));
}

/** How many of the reasons of a run only warn. */
function warningsOf({ ended }: SiteRun): number {
  return ended?.reasons.filter((code) => isWarning({ code })).length ?? 0;
}

/** What a run came to, in a word or three. */
export function outcomeText(run: SiteRun): string {
  const warnings = run.outcome === 'passed' ? warningsOf(run) : 0;
  return warnings === 0 ? run.outcome.replace('-', ' ') : `passed with ${counted(warnings, 'warning')}`;
}

export function outcomeTone(run: SiteRun): Tone {
  if (run.outcome === 'passed') return warningsOf(run) > 0 ? 'warning' : 'good';
  if (run.outcome === 'under-way') return 'neutral';
  return run.outcome === 'failed' ? 'bad' : 'warning';
}
