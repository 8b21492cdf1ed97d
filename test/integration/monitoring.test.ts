import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { metricsText } from '../../src/metrics/render.ts';
import { sample } from '../../src/metrics/sample.ts';
import { fullSamples } from '../fixtures/metrics.ts';
import { QUERIES, RULES, RULES_FILE, RULE_TESTS_FILE } from '../fixtures/monitoring.ts';
import { Prometheus, promtool } from '../fixtures/prometheus.ts';

const { drills, checkUps } = fullSamples();

test('promtool finds nothing wrong with the rules, and they alarm as their tests say', () => {
  expect(promtool(['check', 'rules', '--lint-fatal', RULES_FILE])).toContain(`SUCCESS: ${RULES.length} rules found`);
  expect(promtool(['test', 'rules', RULE_TESTS_FILE])).toContain('SUCCESS');
});

test('promtool finds nothing wrong with the metrics', async () => {
  const text = await metricsText([...drills, ...checkUps], 'prometheus');
  expect(promtool(['check', 'metrics'], text)).toBe('');
  const hostile = sample('pgdrill_drill_info', { drill: 'a', stanza: 'quo"te\n\\ }{ 1', sandbox: '☕' }, 1);
  expect(promtool(['check', 'metrics'], await metricsText(hostile, 'prometheus'))).toBe('');
});

describe('a Prometheus that has read them as OpenMetrics', () => {
  const directory = mkdtempSync(join(tmpdir(), 'pgdrill-prometheus-'));
  let prometheus: Prometheus;

  beforeAll(async () => {
    const text = await metricsText([...drills, ...checkUps], 'openmetrics');
    const file = '# TYPE node_textfile_mtime_seconds gauge\nnode_textfile_mtime_seconds{file="/var/pgdrill.prom"} 0\n';
    prometheus = await Prometheus.of(text.replace('# EOF', `${file}# EOF`), 1_795_000_000, directory);
  });

  afterAll(async () => {
    await prometheus.end();
    rmSync(directory, { recursive: true });
  });

  test.each(QUERIES)('has an answer to $panel, $legend', async ({ expr }) => {
    const answer = await prometheus.query(expr.replaceAll(/\$(instance|drill)\b/g, '.*'));
    expect(answer).not.toEqual([]);
  });

  test.each(RULES)('can ask for $alert', async ({ expr }) => {
    await expect(prometheus.query(expr)).resolves.toBeInstanceOf(Array);
  });

  test('has as many series as there are samples', async () => {
    const [{ value } = { value: 0 }] = await prometheus.query('count({__name__=~"pgdrill_.*"})');
    expect(value).toBe(drills.length + checkUps.length);
  });
});
