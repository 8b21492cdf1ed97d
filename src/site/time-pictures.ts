import type { PastRun } from '../store/past-runs.ts';
import { drawOverTime, type TimePoint } from './charts/over-time.ts';
import type { Sign } from './charts/signs.ts';
import { thin } from './charts/thin.ts';
import { DURATION, SIZE, type Unit } from './charts/unit.ts';
import { figure, table, NONE } from './elements.ts';
import type { Html } from './html.ts';
import { timeText } from './measures.ts';
import { isOver, outcomeText, type SiteRun } from './runs.ts';
import { signOf } from './trend.ts';

/** The most points that a picture has. Of more, those are shown that are the worst of their neighbours. */
const MOST_POINTS = 120;

/** What a run measured; null: nothing. */
interface Measured {
  readonly value: number;
  readonly objective: number | null;
  readonly met: boolean | null;
  readonly bound: boolean;
}

interface Measure {
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  readonly of: (run: PastRun) => Measured | null;
}

const MEASURES: readonly Measure[] = [
  {
    id: 'rto',
    title: 'RTO over time',
    unit: DURATION,
    of: ({ rto }) =>
      rto.measuredMs === null
        ? null
        : { value: rto.measuredMs, objective: rto.objectiveMs, met: rto.met, bound: false },
  },
  {
    id: 'rpo',
    title: 'RPO over time',
    unit: DURATION,
    of: ({ rpo }) =>
      rpo.measuredMs === null || !rpo.applies
        ? null
        : { value: rpo.measuredMs, objective: rpo.objectiveMs, met: rpo.met, bound: rpo.upperBound },
  },
  {
    id: 'size',
    title: 'Size of the restored data over time',
    unit: SIZE,
    of: ({ restored }) =>
      restored?.bytes ? { value: restored.bytes, objective: null, met: null, bound: false } : null,
  },
];

interface Row {
  readonly run: SiteRun;
  readonly point: TimePoint;
}

/** RTO, RPO and size of the runs over time, each as a picture and a table; what was never measured has none. */
export function timePictures(runs: readonly SiteRun[]): Html[] {
  const ended = runs.filter(({ outcome }) => outcome !== 'under-way');
  return MEASURES.flatMap((measure) => {
    const rows = ended.flatMap((run) => rowOf(run, measure));
    return rows.length === 0 ? [] : [picture(measure, rows, ended)];
  });
}

function rowOf(run: SiteRun, { of }: Measure): Row[] {
  const measured = run.ended && of(run.ended);
  if (!measured) return [];
  const { value, objective, met, bound } = measured;
  const sign: Sign = met === false ? 'failed' : bound ? 'bound' : 'met';
  const series = run.repo === null ? 'repo ?' : `repo ${run.repo}`;
  return [{ run, point: { at: Date.parse(run.startedAt), value, objective, sign, series } }];
}

function picture({ id, title, unit }: Measure, all: readonly Row[], runs: readonly SiteRun[]): Html {
  const series = [...Map.groupBy(all, ({ point }) => point.series).values()];
  const rows = series
    .flatMap((of) => thin(of, Math.floor(MOST_POINTS / series.length), ({ point }) => point.value))
    .toSorted((a, b) => a.point.at - b.point.at);
  const marks = runs.flatMap((run) => {
    const sign = signOf(run);
    return sign === null ? [] : [{ at: Date.parse(run.startedAt), sign }];
  });
  const description = spoken(all, runs, unit);
  const points = rows.map(({ point }) => point);
  const drawn = drawOverTime({ id, title, description, unit, points, marks });
  return figure(title, drawn.picture, drawn.key, asTable(rows, Math.ceil(all.length / rows.length), unit));
}

function spoken(rows: readonly Row[], runs: readonly SiteRun[], unit: Unit): string {
  const values = rows.map(({ point }) => point.value);
  const last = rows.at(-1)?.point;
  const missed = rows.filter(({ point }) => point.sign === 'failed').length;
  const objective = last?.objective ?? null;
  const promised =
    objective === null ? '' : `; objective ${unit.promised(objective)}, missed by ${missed} of ${rows.length}`;
  const count = (sign: Sign): number => runs.filter((run) => signOf(run) === sign).length;
  const open = `${count('failed')} failed, ${count('no-answer')} had no answer, ${count('killed')} were killed, ${count('missed')} were missed`;
  return `${runs.filter(isOver).length} runs, measured in ${rows.length}: ${unit.text(Math.min(...values))} to ${unit.text(Math.max(...values))}, last ${unit.text(last?.value ?? 0)}${promised}. Of all runs ${open}.`;
}

function asTable(rows: readonly Row[], group: number, unit: Unit): Html {
  const title = group < 2 ? 'Measured' : `Measured, the worst of about ${group} runs`;
  return table({
    kind: 'plain',
    head: ['Run', title, 'Objective', 'Verdict'],
    rows: rows
      .toReversed()
      .map(({ run, point: { value, objective, sign } }) => [
        timeText(run.startedAt),
        `${sign === 'bound' ? '≤ ' : ''}${unit.text(value)}`,
        objective === null ? NONE : unit.promised(objective),
        outcomeText(run),
      ]),
  });
}
