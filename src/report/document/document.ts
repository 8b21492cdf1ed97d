import type { DrillReport } from '../report.ts';
import type { Block, Section } from './blocks.ts';
import { describeChecks } from './checks.ts';
import { describeCopies } from './copies.ts';
import { describeDeviations } from './deviations.ts';
import { describeCleanup, describeControls, describeEvidence, describeLimits } from './evidence.ts';
import { describeEnvironment, describeSource } from './facts.ts';
import { describeObjectives } from './objectives.ts';
import { describePhases } from './phases.ts';
import { describeReasons } from './reasons.ts';
import { describeProof, describeWork } from './recovery.ts';
import { describeRepeat } from './repeat.ts';
import { describeVerdict } from './verdict.ts';

/** A report as a text: what every format that people read says, in the order in which it says it. */
export interface ReportDocument {
  readonly title: string;
  readonly lead: readonly Block[];
  readonly sections: readonly Section[];
}

/** Puts a report into words. What looks different in one format than in another is none of its business. */
export function describeReport(report: DrillReport): ReportDocument {
  return {
    title: `Restore drill ${report.drill}: ${report.verdict}`,
    lead: describeVerdict(report),
    sections: [
      ...describeReasons(report),
      describeObjectives(report),
      describePhases(report),
      ...describeWork(report),
      describeProof(report),
      describeChecks(report),
      describeDeviations(report),
      describeSource(report),
      ...describeCopies(report),
      describeLimits(report),
      describeControls(report),
      describeRepeat(report),
      describeCleanup(report),
      describeEvidence(report),
      describeEnvironment(report),
    ],
  };
}
