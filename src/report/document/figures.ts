import type { DrillReport } from '../report.ts';
import type { Block, Figure, Inline, Section } from './blocks.ts';
import { objectiveLines, metMark, type ObjectiveLine } from './objectives.ts';
import { checkCounts } from './verdict.ts';
import { rtoOfAheadText } from './wal-fetch.ts';
import { capital, durationText, promisedText, sentence } from './words.ts';

/** The figures of a run, each once. What was neither promised nor measured is left out. */
export function figuresOf(report: DrillReport): Figure[] {
  const [rto, rpo, backupAge] = objectiveLines(report);
  const { own, isolation } = checkCounts(report);
  return [
    ...objectiveFigure(rto, rtoDetails(report)),
    ...objectiveFigure(rpo, rpoDetails(report)),
    ...objectiveFigure(backupAge, ''),
    ...countFigure('Checks', own, 'Checks of the plan that passed, of those that were made.'),
    ...countFigure(
      'Isolation',
      isolation,
      'Assertions that the copy was cut off from production; each has to hold for a drill to pass.',
    ),
  ];
}

/** The figures as a block; none where there is no figure. */
export function describeFigures(report: DrillReport): Block[] {
  const figures = figuresOf(report);
  return figures.length === 0 ? [] : [{ kind: 'figures', figures }];
}

/** How each figure is measured, for a format that cannot fold it behind the figure itself. */
export function describeMeasurement(figures: readonly Figure[]): Section {
  const items = figures.map(({ name, how }): Inline[] => [{ strong: name }, `: ${how}`]);
  return { title: 'How it is measured', blocks: [{ kind: 'list', items }] };
}

function objectiveFigure(line: ObjectiveLine, details: string): Figure[] {
  if (line.measuredMs === null && line.objectiveMs === null) return [];
  if (!line.applies) return [notApplying(line, details)];
  const bound = line.upperBound && line.measuredMs !== null;
  return [
    {
      name: line.name,
      value: line.measuredMs === null ? '–' : `${bound ? '≤ ' : ''}${durationText(line.measuredMs)}`,
      mark: line.objectiveMs === null ? null : metMark(line),
      objective: objectiveText(line),
      remark: null,
      share: shareOf(line),
      how: `${sentence(capital(line.note))}${details}`,
    },
  ];
}

/** Words and no mark: a dash alone would read as a fault. */
function notApplying(line: ObjectiveLine, details: string): Figure {
  return {
    name: line.name,
    value: '–',
    mark: null,
    objective: objectiveText(line),
    remark: 'does not apply to this target',
    share: null,
    how: `${sentence(capital(line.note))}${details}`,
  };
}

function objectiveText({ objectiveMs }: ObjectiveLine): string {
  return objectiveMs === null ? 'none' : promisedText(objectiveMs);
}

function shareOf({ measuredMs, objectiveMs }: ObjectiveLine): number | null {
  return measuredMs === null || objectiveMs === null || objectiveMs === 0 ? null : measuredMs / objectiveMs;
}

function rtoDetails(report: DrillReport): string {
  const { validatedMs, measuredMs } = report.rto;
  const ahead = rtoOfAheadText(report);
  const way = ahead === '' || measuredMs === null ? '' : ` Measured ${ahead}.`;
  return validatedMs === null ? way : `${way} To the end of the last check: ${durationText(validatedMs)}.`;
}

function rpoDetails({ rpo }: DrillReport): string {
  if (rpo.archiveAgeMs === null) return '';
  return ` The newest archived WAL was ${durationText(rpo.archiveAgeMs)} old when the run began.`;
}

function countFigure(name: string, held: string | null, how: string): Figure[] {
  if (held === null) return [];
  const [passed, made] = held.split(' of ');
  const mark: Inline = passed === made ? { tone: 'good', mark: 'all' } : { tone: 'bad', mark: 'not all' };
  return [{ name, value: held, mark, objective: null, remark: null, share: null, how }];
}
