/** A metric, as its HELP line and the documents tell of it. */
interface MetricMeaning {
  readonly type: 'gauge' | 'counter';
  readonly unit: 'seconds' | 'seconds since 1970' | 'bytes' | 'bytes per second' | 'count' | '0 or 1' | 'always 1';
  readonly labels: readonly string[];
  /** One line without quotes, since each format has its own way to escape them. */
  readonly means: string;
}

export type Catalogue = Readonly<Record<string, MetricMeaning>>;
