import type { DrillReport } from '../report.ts';
import type { Review } from '../review.ts';
import type { Block, Section, Tone } from './blocks.ts';
import { describeCheckDetails, describeChecks } from './checks.ts';
import { describeCopies } from './copies.ts';
import { describeDeviations, describeSettings } from './deviations.ts';
import { describeCleanup, describeControls, describeEvidence, describeLimits } from './evidence.ts';
import { describeEnvironment, describeSource } from './facts.ts';
import { describeFigures } from './figures.ts';
import { describeNotifications, isSomebodyUntold } from './notifications.ts';
import { describePhases, describePhaseTimes } from './phases.ts';
import { describeProof, describeWork } from './recovery.ts';
import { describeRepeat } from './repeat.ts';
import { describeReviews } from './reviews.ts';
import { describeRungProofs, describeRungs } from './rungs.ts';
import { describeVerdict, reportTone, verdictText } from './verdict.ts';

/** A report as a text: what every format that people read says, in the order in which it says it. */
export interface ReportDocument {
  readonly title: string;
  /** Good, bad or worth a look, as a whole. */
  readonly tone: Tone;
  /** What a reader in a hurry sees: the verdict, why it is not better, and the figures. */
  readonly lead: readonly Block[];
  readonly sections: readonly Section[];
  /** What is looked up, not read. */
  readonly annex: readonly Section[];
}

/** Puts a report into words. What looks different in one format than in another is none of its business. */
export function describeReport(report: DrillReport, reviews: readonly Review[] = []): ReportDocument {
  const cleanup = describeCleanup(report);
  const told = describeNotifications(report);
  const isClean = report.cleanup.done && report.cleanup.kept === null;
  return {
    title: `${report.fallbackOf === null ? 'Restore drill' : 'Fallback of restore drill'} ${report.drill}: ${verdictText(report)}`,
    tone: reportTone(report),
    lead: [...describeVerdict(report), ...describeFigures(report)],
    sections: [
      ...describeReviews(reviews),
      ...describeRungs(report),
      ...describeChecks(report),
      ...describePhases(report),
      ...(isClean ? [] : [cleanup]),
      ...describeCopies(report),
      ...describeDeviations(report),
      ...(isSomebodyUntold(report) ? told : []),
      ...describeLimits(report),
      ...describeControls(report),
    ],
    annex: [
      ...describeProof(report),
      ...describeRungProofs(report),
      ...describeWork(report),
      describePhaseTimes(report),
      ...describeCheckDetails(report),
      describeSource(report),
      ...describeSettings(report),
      ...describeRepeat(report),
      ...(isClean ? [cleanup] : []),
      ...(isSomebodyUntold(report) ? [] : told),
      describeEvidence(report),
      describeEnvironment(report),
    ],
  };
}
