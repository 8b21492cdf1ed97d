import { paragraph, type Inline, type Section, type Words } from '../../report/document/blocks.ts';
import { isOpen } from '../../report/review.ts';
import { controlsOf, type BundleRecord, type ControlSupport, type DrillSupport } from './overview.ts';
import { daysText, dueWords, keptWords, missedInARow, reportLink, stretchText } from './words.ts';

const HEAD = ['Control', 'Asks', 'Supported by', 'Cadence', 'Gaps', 'Open'];

/** How many gaps, or open runs, a row names. */
const MOST = 6;

const NONE =
  'No run of the period names a control. A plan names those that its drill supports: controls: [SOC2-A1.3, ISO27001-A.8.13].';

/** A row for each control that runs of the period, or the last before it, name. It says what supports the control, and never that it is met. */
export function describeControls(record: BundleRecord): Section[] {
  const controls = controlsOf(record);
  const rows = controls.map((control): Words[] => [
    { strong: control.control },
    control.asks ?? 'as its own catalogue says',
    control.drills.map(countsOf).join('; '),
    cadence(control),
    gaps(control),
    openOf(control),
  ]);
  const blocks =
    rows.length === 0
      ? [paragraph(NONE)]
      : [
          { kind: 'table', head: HEAD, rows } as const,
          paragraph(
            'What a control asks is told in our words: read its text before you quote it. The drills support it. Nobody says here that it is met.',
          ),
        ];
  return [{ title: 'Controls', blocks }];
}

function countsOf({ drill, runs }: DrillSupport): string {
  const passed = runs.filter(({ outcome }) => outcome === 'passed').length;
  return `${drill}: ${passed} of ${runs.length} passed`;
}

/** What the control itself asks for, or else the schedules of the drills; without either there is nothing to compare with. */
function cadence({ withinDays, stretches: [longest], hasPassed, drills }: ControlSupport): Words {
  if (withinDays !== null && !hasPassed) {
    return [{ tone: 'bad', mark: 'not shown' }, `: at least one in ${withinDays} days, and no passed run is on record`];
  }
  if (withinDays !== null) {
    const kept = longest !== undefined && longest.days <= withinDays;
    return [{ tone: kept ? 'good' : 'bad', mark: kept ? 'kept' : 'not kept' }, `: at least one in ${withinDays} days`];
  }
  if (drills.every(({ schedule }) => schedule === null)) return 'one’s own policy; no schedule is at hand';
  return drills.flatMap(({ drill, schedule }, index): Inline[] => [
    index === 0 ? '' : '; ',
    ...(schedule === null
      ? [`${drill}: no schedule is at hand`]
      : [`${drill} (`, { code: schedule.text }, ') ', ...keptWords(schedule.kept)]),
  ]);
}

function gaps({ withinDays, stretches, hasPassed, drills }: ControlSupport): Words {
  // A control that names its own cadence is not missed by a schedule that is stricter.
  const missed =
    withinDays !== null
      ? []
      : drills.flatMap(({ drill, schedule }) =>
          (schedule?.kept ? missedInARow(schedule.kept) : []).map(
            (row) => `${drill}, ${dueWords(row)}: ${row.ran ? 'not passed' : 'no run'}`,
          ),
        );
  const long = withinDays === null ? [] : stretches.filter(({ days }) => days > withinDays).map(stretchText);
  const all = [...long, ...missed];
  if (all.length > 0) return listed(all);
  const [longest] = stretches;
  const comparable = (withinDays !== null && hasPassed) || drills.some(({ schedule }) => schedule !== null);
  if (longest === undefined) return '–';
  return `${comparable ? 'none; ' : ''}longest time without a passed run: ${daysText(longest.days)}`;
}

function listed(texts: readonly string[]): string {
  const more = texts.length - MOST;
  return `${texts.slice(0, MOST).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

function openOf({ open }: ControlSupport): Words {
  if (open.length === 0) return 'none';
  const shown = open
    .slice(0, MOST)
    .flatMap((run, index): Inline[] => [
      index === 0 ? '' : '; ',
      reportLink(run),
      isOpen(run.reviews) ? ' follow-up' : ` ${run.outcome}, not looked at`,
    ]);
  return open.length > MOST ? [...shown, `; and ${open.length - MOST} more`] : shown;
}
