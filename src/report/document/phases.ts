import type { DrillReport, PhaseReport } from '../report.ts';
import type { Block, Inline, Section } from './blocks.ts';
import { layOutPhases } from './phase-chart.ts';
import { durationText, stampText } from './words.ts';

/** The phases as a picture; no section where none ran. */
export function describePhases(report: DrillReport): Section[] {
  const chart = layOutPhases(report);
  return chart.bars.length === 0 ? [] : [{ title: 'Phases', blocks: [{ kind: 'phase-chart', chart }] }];
}

/** The phases as a table. */
export function describePhaseTimes(report: DrillReport): Section {
  const table: Block = {
    kind: 'table',
    head: ['Phase', 'Status', 'Started', 'Took', 'Counts into the RTO'],
    rows: report.phases.map(describePhase),
  };
  return { title: 'Phases in detail', blocks: [table] };
}

function describePhase({ id, status, startedAt, durationMs, countsTowardsRto }: PhaseReport): Inline[] {
  const ran = status !== 'not-run';
  return [
    id,
    phaseMark(status),
    ran ? stampText(startedAt) : '',
    ran ? durationText(durationMs) : '',
    countsTowardsRto ? 'yes' : 'no',
  ];
}

function phaseMark(status: PhaseReport['status']): Inline {
  if (status === 'not-run') return { tone: 'neutral', mark: 'not run' };
  return status === 'done' ? { tone: 'good', mark: 'done' } : { tone: 'bad', mark: 'failed' };
}
