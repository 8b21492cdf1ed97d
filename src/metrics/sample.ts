import { CHECK_METRICS } from './check-metrics.ts';
import { DRILL_METRICS } from './drill-metrics.ts';

/** All metrics. */
export const METRICS = { ...DRILL_METRICS, ...CHECK_METRICS };

export type MetricName = keyof typeof METRICS;
type LabelOf<Name extends MetricName> = (typeof METRICS)[Name]['labels'][number];

/** A label that is null, or empty, is not there. */
export type Labels<Name extends MetricName> = Partial<Record<LabelOf<Name>, string | null>>;

/** A value of a metric. */
export interface Sample {
  readonly metric: MetricName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A value of a metric; none where nothing was measured. */
export function sample<Name extends MetricName>(metric: Name, labels: Labels<Name>, value: number | null): Sample[] {
  if (value === null) return [];
  const written = Object.entries<string | null | undefined>(labels).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
  );
  return [{ metric, labels: Object.fromEntries(written), value }];
}

/** A series for each of some words: 1 for the one that holds, 0 for the others. */
export function oneOf<Name extends MetricName>(
  metric: Name,
  labels: Labels<Name>,
  { label, words, word }: { readonly label: LabelOf<Name>; readonly words: readonly string[]; readonly word: string },
): Sample[] {
  return words.flatMap((each) => sample(metric, { ...labels, [label]: each }, Number(each === word)));
}

/** Seconds of milliseconds. */
export function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}

/** Seconds since 1970 of a stamp (ISO 8601). */
export function epochSeconds(stamp: string | null): number | null {
  return stamp === null ? null : seconds(Date.parse(stamp));
}
