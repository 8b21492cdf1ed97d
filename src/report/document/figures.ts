import type { DrillReport } from '../report.ts';
import type { Block, Figure, Inline, Section } from './blocks.ts';
import { objectiveLines, metMark, type ObjectiveLine } from './objectives.ts';
import { checkCounts } from './verdict.ts';
import { durationText, sentence } from './words.ts';

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
      promised: line.objectiveMs === null ? null : `objective ${durationText(line.objectiveMs)}`,
      how: `${sentence(capital(line.note))}${details}`,
    },
  ];
}

/** Words and no mark: a dash alone would read as a fault. */
function notApplying({ name, objectiveMs, note }: ObjectiveLine, details: string): Figure {
  const objective =
    objectiveMs === null ? '' : `; the objective ${durationText(objectiveMs)} is neither met nor missed`;
  const promised = `does not apply to this target${objective}`;
  return { name, value: '–', mark: null, promised, how: `${sentence(capital(note))}${details}` };
}

function rtoDetails({ rto }: DrillReport): string {
  if (rto.validatedMs === null) return '';
  return ` To the end of the last check: ${durationText(rto.validatedMs)}.`;
}

function rpoDetails({ rpo }: DrillReport): string {
  if (rpo.archiveAgeMs === null) return '';
  return ` The newest archived WAL was ${durationText(rpo.archiveAgeMs)} old when the run began.`;
}

function countFigure(name: string, held: string | null, how: string): Figure[] {
  if (held === null) return [];
  const [passed, made] = held.split(' of ');
  const mark: Inline = passed === made ? { tone: 'good', mark: 'all' } : { tone: 'bad', mark: 'not all' };
  return [{ name, value: held, mark, promised: null, how }];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
