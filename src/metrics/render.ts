import { Counter, Gauge, Registry } from 'prom-client';
import { METRICS, type MetricName, type Sample } from './sample.ts';

/** `prometheus`: the text format 0.0.4, which the textfile collector of node_exporter takes. */
export type MetricsFormat = 'prometheus' | 'openmetrics';

/** Samples as text, without time stamps, by metric in the order of the catalogue. */
export async function metricsText(samples: readonly Sample[], format: MetricsFormat): Promise<string> {
  const byMetric = Map.groupBy(samples, ({ metric }) => metric);
  const names = (Object.keys(METRICS) as MetricName[]).filter((name) => byMetric.has(name));
  const metrics = names.map((name) => metricOf(name, byMetric.get(name) ?? []));
  if (format === 'prometheus') return filled(new Registry(), metrics).metrics();
  const registry = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  return filled(registry, metrics).metrics();
}

type Metric = Gauge | Counter;

function filled<R extends Pick<Registry, 'registerMetric' | 'metrics'>>(registry: R, metrics: readonly Metric[]): R {
  for (const metric of metrics) registry.registerMetric(metric);
  return registry;
}

/** In no registry yet: prom-client has one of its own for all of the process. */
function metricOf(name: MetricName, samples: readonly Sample[]): Metric {
  const { type, means: help, labels } = METRICS[name];
  const about = { name, help, labelNames: [...labels], registers: [] };
  if (type === 'counter') {
    const counter = new Counter<string>(about);
    for (const { labels: of, value } of samples) counter.inc(of, value);
    return counter;
  }
  const gauge = new Gauge<string>(about);
  for (const { labels: of, value } of samples) gauge.set(of, value);
  return gauge;
}
