import {
  paragraph,
  type Block,
  type Inline,
  type Section,
  type Tone,
  type Words,
} from '../../report/document/blocks.ts';
import { capital, counted, durationText, minuteText, sentence } from '../../report/document/words.ts';
import { isOpen } from '../../report/review.ts';
import { isDrill, type BundledRun } from './bundled-run.ts';
import { describeControls } from './describe-controls.ts';
import { drillsOf, type BundleRecord, type DrillSupport } from './overview.ts';
import { periodText } from './period.ts';
import { BUNDLE_FILES } from './terms.ts';
import { dayText, daysText, dueWords, joined, keptWords, missedInARow, reportLink } from './words.ts';

/** The first page of a bundle, for every form of it. */
export interface BundleDocument {
  readonly title: string;
  readonly tone: Tone;
  readonly lead: readonly Block[];
  readonly sections: readonly Section[];
}

/** What an auditor reads first: whether the record holds, what speaks for each control, what is missing or open, every run. */
export function describeBundle(record: BundleRecord): BundleDocument {
  const { terms, problems } = record;
  const drills = drillsOf(record);
  const waiting = [...waitingIn(drills), ...missedIn(record, drills)];
  return {
    title: `Restore drills, ${periodText(terms)}${terms.drill === null ? '' : `: ${terms.drill}`}`,
    tone: problems.length > 0 ? 'bad' : record.runs.length > 0 && waiting.length === 0 ? 'good' : 'warning',
    lead: lead(record, drills),
    sections: [
      ...wrong(record),
      ...describeControls(record),
      { title: 'Drills', blocks: [drillTable(drills)] },
      openSection(waiting, drills),
      { title: 'Runs', blocks: [runTable(record)] },
      { title: 'What this does not show', blocks: [{ kind: 'list', items: limits(record) }] },
    ],
  };
}

function lead(
  { problems, terms, runs: all, keysNamed, keys, selfTest }: BundleRecord,
  drills: readonly DrillSupport[],
): Block[] {
  const runs = all.filter(isDrill);
  const passed = runs.filter(({ outcome }) => outcome === 'passed').length;
  const signed = runs.filter(({ ended, isSigned }) => ended !== null && isSigned).length;
  const withReport = runs.filter(({ ended }) => ended !== null).length;
  const unpassed = runs.length - passed;
  const verified: Inline =
    problems.length === 0
      ? keys.length === 0
        ? { tone: 'warning', mark: 'No change was found, but nobody has signed what would show one.' }
        : { tone: 'good', mark: 'Nothing on record was changed.' }
      : { tone: 'bad', mark: `${counted(problems.length, 'problem')}: the record is not as it was made.` };
  const whose = keysNamed ? 'the key that was named when this was made' : 'the keys that lie beside the reports';
  return [
    paragraph([
      `${counted(runs.length, 'run')} of ${counted(drills.length, 'drill')}: ${passed} passed, ${unpassed} did not. `,
      `${signed} of ${withReport} reports are signed. `,
      verified,
    ]),
    ...(selfTest === null ? [] : [paragraph({ tone: selfTest.tone, mark: selfTest.words })]),
    paragraph([
      keys.length === 0 ? 'No key was at hand when this was made. ' : `Signatures were compared with ${whose}. `,
      'See for yourself, without pgdrill: ',
      { href: BUNDLE_FILES.instructions, words: BUNDLE_FILES.instructions },
      '.',
    ]),
    ...(terms.withoutValues
      ? [
          paragraph(
            'Values of restored data were left out: logs, what checks have seen, and messages. The signed statements name the SHA-256 of the whole reports, which whoever made this has.',
          ),
        ]
      : []),
  ];
}

function wrong({ problems }: BundleRecord): Section[] {
  if (problems.length === 0) return [];
  const items = problems.map(({ file, line, what }): Words => [
    { code: line === null ? file : `${file}, line ${line}` },
    `: ${what}`,
  ]);
  return [{ title: 'What is wrong with the record', blocks: [{ kind: 'list', items }] }];
}

const OUTCOME_TONES: Readonly<Record<BundledRun['outcome'], Tone>> = {
  passed: 'good',
  failed: 'bad',
  inconclusive: 'warning',
  cancelled: 'warning',
  killed: 'bad',
  refused: 'neutral',
  'under way': 'warning',
  fallback: 'neutral',
};

function drillTable(drills: readonly DrillSupport[]): Block {
  const head = ['Drill', 'Runs', 'Numbers', 'Passed', 'Failed', 'No answer', 'Longest gap', 'Schedule'];
  const rows = drills.map(({ drill, runs, stretches, schedule }): Words[] => {
    const count = (...outcomes: BundledRun['outcome'][]): string =>
      String(runs.filter(({ outcome }) => outcomes.includes(outcome)).length);
    return [
      { strong: drill },
      String(runs.length),
      runs.length === 0 ? '–' : `${runs[0]?.number} to ${runs.at(-1)?.number}`,
      count('passed'),
      count('failed'),
      count('inconclusive', 'cancelled', 'killed', 'refused', 'under way'),
      stretches[0] ? daysText(stretches[0].days) : '–',
      schedule === null ? 'not at hand' : [{ code: schedule.text }, ' ', ...keptWords(schedule.kept)],
    ];
  });
  return { kind: 'table', head, rows };
}

/** What waits for somebody: runs, and times at which a drill was due. */
function waitingIn(drills: readonly DrillSupport[]): Words[] {
  const missed = drills.flatMap(({ drill, schedule }): Words[] => {
    if (schedule === null) return [];
    if (schedule.kept === null) return [[{ strong: drill }, ': it has a schedule and never ran']];
    return missedInARow(schedule.kept).map((row): Words => [
      { strong: drill },
      `: ${dueWords(row)}, ${row.ran ? 'ran and did not pass' : 'did not run'}`,
    ]);
  });
  return [...drills.flatMap(({ open: runs }) => runs.map(openWords)), ...missed];
}

/** What the ledger has as missed; where a schedule is at hand, each time is told by that already. */
function missedIn({ missed }: BundleRecord, drills: readonly DrillSupport[]): Words[] {
  const told = new Set(drills.flatMap(({ drill, schedule }) => (schedule === null ? [] : [drill])));
  const untold = missed.filter(({ drill }) => !told.has(drill));
  return [...Map.groupBy(untold, ({ drill }) => drill)].map(([drill, dues]): Words => {
    const [first, last] = [dues[0]?.dueAt ?? '', dues.at(-1)?.dueAt ?? ''];
    const times =
      dues.length === 1 ? minuteText(first) : `${dues.length} times from ${minuteText(first)} to ${minuteText(last)}`;
    return [{ strong: drill }, `: due ${times}, did not run`];
  });
}

function openSection(waiting: readonly Words[], drills: readonly DrillSupport[]): Section {
  const unplanned = drills.filter(({ schedule }) => schedule === null).map(({ drill }) => drill);
  const nothing = paragraph('No run waits for anybody, and no drill that was due is missing.');
  const unknown = paragraph(
    `No schedule is at hand for ${unplanned.join(', ')}. The longest gap, which is the longest time without a passed run, stands above.`,
  );
  const blocks = waiting.length === 0 ? [nothing] : [{ kind: 'list', items: waiting } as const];
  return { title: 'Open and missing', blocks: unplanned.length === 0 ? blocks : [...blocks, unknown] };
}

function openWords(run: BundledRun): Words {
  const asked = run.reviews.findLast(({ decision }) => decision === 'follow-up');
  const about: Inline[] = [{ strong: run.drill }, ' ', reportLink(run), ` ${run.outcome}`];
  if (!isOpen(run.reviews) || asked === undefined) return [...about, ': nobody has said that it was looked at'];
  return [...about, `: follow-up by ${asked.by}, ${dayText(asked.at)}`, asked.note === null ? '' : `: ${asked.note}`];
}

function runTable({ runs }: BundleRecord): Block {
  const head = ['Started', 'Drill', 'Number', 'Result', 'RTO', 'RPO', 'Controls', 'Signed', 'Review'];
  const rows = runs.map((run): Words[] => [
    reportLink(run),
    run.drill,
    String(run.number),
    resultWords(run),
    measured(run.ended?.rto ?? null),
    measured(run.ended?.rpo ?? null, run.ended?.rpo?.upperBound === true ? '≤ ' : ''),
    joined(run.ended?.controls ?? []),
    run.ended === null ? '–' : run.isSigned ? 'yes' : { tone: 'warning', mark: 'no' },
    reviewWords(run),
  ]);
  return { kind: 'table', head, rows };
}

function resultWords({ outcome, ended }: BundledRun): Words {
  const mark: Inline = { tone: OUTCOME_TONES[outcome], mark: outcome };
  const codes = ended?.reasons ?? [];
  const later: Inline[] = ended?.recorded === 'adopted' ? [' (put on record later)'] : [];
  return [mark, ...codes.flatMap((code): Inline[] => [' ', { code }]), ...later];
}

function measured(
  figure: { readonly measuredMs: number | null; readonly met: boolean | null } | null,
  bound = '',
): Words {
  if (figure === null || figure.measuredMs === null) return '–';
  const text = `${bound}${durationText(figure.measuredMs)}`;
  if (figure.met === null) return text;
  return [text, ' ', figure.met ? { tone: 'good', mark: '' } : { tone: 'bad', mark: 'over the objective' }];
}

function reviewWords({ reviews }: BundledRun): Words {
  const last = reviews.at(-1);
  if (last === undefined) return '';
  if (last.file === null) return [{ tone: 'bad', mark: `${last.decision} by ${last.by}: the statement is not there` }];
  const mark: Inline = { tone: last.decision === 'accepted' ? 'good' : 'warning', mark: last.decision };
  return [mark, ` by ${last.by}`];
}

function limits({ terms, ledgerEnd, notes, planned }: BundleRecord): Words[] {
  return [
    'It supports controls. Whether a control is met is for those who assess it to judge.',
    'It tells of drills: that a backup could be restored then, in the place where it was drilled. Each report says what it does not prove.',
    ledgerEnd !== null && ledgerEnd < terms.until
      ? `The record ends at ${minuteText(ledgerEnd)}, before the period does. Whether there were runs after that, an anchor that was kept elsewhere can tell.`
      : 'That the end of the record was not cut off is shown by what is signed about it, and by anchors that were kept elsewhere.',
    ...(planned.length > 0
      ? [
          'Schedules are those of the plans when this was made; past ones are not on record. They count from the first run of a drill on.',
        ]
      : []),
    ...notes.map((note) => sentence(capital(note))),
  ];
}
