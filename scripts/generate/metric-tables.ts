import { CHECK_METRICS } from '../../src/metrics/check-metrics.ts';
import { DRILL_METRICS } from '../../src/metrics/drill-metrics.ts';
import type { Catalogue } from '../../src/metrics/metric.ts';
import { markdownTable } from './markdown-table.ts';

/** All metrics, as they stand in the source: those of `drill metrics`, then those of `drill check`. */
export function metricTables(): string {
  return [
    `Of \`drill metrics\` and \`drill run --metrics\`:\n\n${table(DRILL_METRICS)}`,
    `Of \`drill check --textfile\`:\n\n${table(CHECK_METRICS)}`,
  ].join('\n');
}

function table(metrics: Catalogue): string {
  const rows = Object.entries(metrics).map(([name, { labels, unit, means }]) => [
    `\`${name}\``,
    labels.map((label) => `\`${label}\``).join(', '),
    unit,
    means,
  ]);
  return markdownTable(['Metric', 'Labels', 'Unit', 'Meaning'], rows);
}
