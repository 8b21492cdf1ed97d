import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { METRICS } from '../../src/metrics/sample.ts';
import { groupedBy, metricsIn, PANELS, QUERIES, RULES, RULE_TESTS_FILE, VARIABLES } from '../fixtures/monitoring.ts';

/** What Prometheus itself adds to each series. */
const ADDED = ['job', 'instance'];

/** Metrics of node_exporter that are used. */
const OTHERS: Readonly<Record<string, readonly string[]>> = { node_textfile_mtime_seconds: ['file'] };

/** Metrics that are in no panel, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  pgdrill_build_info: 'the choice of the machine asks for it',
  pgdrill_objective_met: 'the graphs show the measure and its objective',
};

const labelsOf = (metric: string): readonly string[] | undefined =>
  metric in METRICS ? METRICS[metric as keyof typeof METRICS].labels : OTHERS[metric];

function unknownIn(expr: string): string[] {
  return metricsIn(expr).flatMap(({ metric, labels }) => {
    const known = labelsOf(metric);
    if (known === undefined) return [metric];
    return labels.filter((label) => ![...known, ...ADDED].includes(label)).map((label) => `${metric}{${label}}`);
  });
}

/** Labels that the series of an expression are grouped by, and that no metric in it has. */
function strayIn(expr: string, more = ''): string[] {
  const known = metricsIn(expr).flatMap(({ metric }) => labelsOf(metric) ?? []);
  return groupedBy(`${expr} ${more}`).filter((label) => ![...known, ...ADDED].includes(label));
}

test.each([
  ['pgdrill_rto_second > 1', ['pgdrill_rto_second']],
  ['sum(pgdrill_verdict{drill="a",outcome=~"b"})', ['pgdrill_verdict{outcome}']],
  ['pgdrill_verdict{instance="a",verdict!="b"} == 1', []],
])('a test of expressions finds what is wrong with %s', (expr, found) => {
  expect(unknownIn(expr)).toEqual(found);
});

test.each([
  ['sum by (drill, phase) (pgdrill_verdict)', ['phase']],
  ['pgdrill_rto_seconds and on (stanza) pgdrill_verdict', []],
])('and with what %s is grouped by', (expr, found) => {
  expect(strayIn(expr)).toEqual(found);
});

describe('the dashboard', () => {
  test.each(QUERIES)('$panel, $legend: names metrics and labels that there are', ({ expr, legend }) => {
    expect(unknownIn(expr)).toEqual([]);
    expect(strayIn(expr, legend)).toEqual([]);
    expect(metricsIn(expr)).not.toEqual([]);
  });

  test('the choices above it do so too', () => {
    expect(VARIABLES.flatMap(unknownIn)).toEqual([]);
    expect(VARIABLES.flatMap(metricsIn)).toHaveLength(2);
  });

  test('shows each metric, but for those that are left out for a reason', () => {
    const shown = new Set(QUERIES.flatMap(({ expr }) => metricsIn(expr).map(({ metric }) => metric)));
    expect(Object.keys(METRICS).filter((metric) => !shown.has(metric))).toEqual(Object.keys(LEFT_OUT));
  });

  test('has a row for each combination of labels that the queries of a table have', () => {
    for (const { title, targets = [], transformations = [] } of PANELS) {
      const renamed = Object.keys(
        transformations.find(({ options }) => options.renameByName)?.options.renameByName ?? {},
      );
      if (renamed.length === 0) continue;
      const labels = renamed.filter((field) => !field.startsWith('Value'));
      for (const { expr } of targets) {
        const [, by = ''] = /^(?:sum|max) by \(([^)]*)\)/.exec(expr) ?? [];
        expect([title, by.split(', ').toSorted()]).toEqual([title, labels.toSorted()]);
      }
    }
  });

  test('no panel lies on another, or goes over the edge', () => {
    const cells = PANELS.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(PANELS.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
  });
});

describe('the alert rules', () => {
  const tests = readFileSync(RULE_TESTS_FILE, 'utf8');
  const page = readFileSync('docs/alarms.md', 'utf8');

  test.each(RULES)('$alert names metrics and labels that there are, and waits', (rule) => {
    const { expr, annotations } = rule;
    const own = expr.replace(/\bup\b/g, '');
    expect(unknownIn(own)).toEqual([]);
    expect(strayIn(own, `${annotations.summary} ${annotations.description}`)).toEqual([]);
    expect(rule.for).toMatch(/^\d+[mhd]$/);
    expect(['critical', 'warning']).toContain(rule.labels.severity);
  });

  test.each(RULES)('$alert is tried both ways, and has its part of docs/alarms.md', ({ alert, annotations }) => {
    const tried = [...tests.matchAll(new RegExp(`alertname: ${alert}\\n\\s+exp_alerts:( \\[\\])?`, 'g'))];
    expect(new Set(tried.map(([, none]) => none === undefined))).toEqual(new Set([true, false]));
    expect(annotations.runbook).toBe(`docs/alarms.md#${alert.toLowerCase()}`);
    expect(page).toContain(`\n## ${alert}\n`);
  });

  test.each(RULES)('$alert wakes somebody up where the page says so', ({ alert, labels: { severity } }) => {
    const [, tonight = ''] = new RegExp(`^\\| \\[${alert}\\]\\S+ +\\| (.*?) +\\|$`, 'm').exec(page) ?? [];
    expect([alert, tonight.startsWith('yes')]).toEqual([alert, severity === 'critical']);
  });

  test('the page has no other alarm', () => {
    const headings = [...page.matchAll(/^## (Pgdrill\w+)$/gm)].map(([, name]) => name);
    expect(headings).toEqual(RULES.map(({ alert }) => alert));
  });
});
