import { casesOf } from './junit/cases.ts';
import { attribute, renderCase, seconds, type CaseResult } from './junit/test-case.ts';
import type { DrillReport } from './report.ts';

/** The report as one JUnit test suite, which continuous integration shows; from the report alone. */
export function renderJunit(report: DrillReport): string {
  const cases = casesOf(report);
  const count = (kind: CaseResult['kind']): string => String(cases.filter(({ result }) => result.kind === kind).length);
  const attributes = [
    attribute('name', `pgdrill.${report.drill}`),
    attribute('tests', String(cases.length)),
    attribute('failures', count('failure')),
    attribute('errors', count('error')),
    attribute('skipped', count('skipped')),
    attribute('time', seconds(report.phases.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0))),
    attribute('timestamp', report.startedAt.replace(/(\.\d+)?Z$/, '')),
    attribute('hostname', report.environment.host),
  ];
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite${attributes.join('')}>`,
    ...properties(report),
    ...cases.map((testCase) => renderCase(report.drill, testCase)),
    '</testsuite>',
  ];
  return `${lines.join('\n')}\n`;
}

function properties({ runId, verdict, source, environment }: DrillReport): string[] {
  const values = {
    runId,
    verdict,
    stanza: source.stanza,
    backup: source.backup?.label ?? '',
    pgdrill: environment.pgdrill,
  };
  const lines = Object.entries(values).map(
    ([name, value]) => `    <property${attribute('name', name)}${attribute('value', value)}/>`,
  );
  return ['  <properties>', ...lines, '  </properties>'];
}
