import { verdictMeaning, verdictText } from './document/verdict.ts';
import { sentence } from './document/words.ts';
import { escapeProse } from './markdown/escape.ts';
import { findingsOf, objectivesOf, reviewedControls } from './oscal/controls.ts';
import { observationsOf } from './oscal/observations.ts';
import { planReference, resourcesOf } from './oscal/resources.ts';
import { propertiesOf, stringOf, uuidOf } from './oscal/values.ts';
import type { DrillReport } from './report.ts';

/** The version of OSCAL that is written. */
const OSCAL_VERSION = '1.2.1';

/**
 * The report as assessment results of OSCAL, for tools of governance and audit; from the report alone, and the same report
 * gives the same bytes. Text is Markdown, as OSCAL has it. No value of restored data is in it.
 */
export function renderOscal(report: DrillReport): string {
  return `${JSON.stringify({ 'assessment-results': assessmentResults(report) }, null, 2)}\n`;
}

function assessmentResults(report: DrillReport): object {
  const title = escapeProse(stringOf(`Restore drill ${report.drill}: ${verdictText(report)}`));
  return {
    uuid: uuidOf(report, 'assessment-results'),
    metadata: {
      title,
      'last-modified': report.finishedAt,
      version: stringOf(report.runId),
      'oscal-version': OSCAL_VERSION,
      props: propertiesOf({ pgdrill: report.environment.pgdrill }),
    },
    'import-ap': { href: planReference(report) },
    'local-definitions': { 'objectives-and-methods': objectivesOf(report) },
    results: [resultOf(report, title)],
    'back-matter': { resources: resourcesOf(report) },
  };
}

function resultOf(report: DrillReport, title: string): object {
  const observations = observationsOf(report);
  const findings = findingsOf(report, observations);
  return {
    uuid: uuidOf(report, 'result'),
    title,
    description: escapeProse(verdictMeaning(report)),
    start: report.startedAt,
    end: report.finishedAt,
    props: propertiesOf({
      verdict: report.verdict,
      'run-id': report.runId,
      'run-number': report.record.number,
      'signed-by': report.record.keyId,
      stanza: report.source.stanza,
      'started-by': report.trigger.user,
      trigger: report.trigger.kind,
    }),
    'reviewed-controls': reviewedControls(report),
    observations,
    ...(findings.length === 0 ? {} : { findings }),
    remarks: [
      'What this drill does not prove:',
      ...report.doesNotProve.map((text) => `- ${escapeProse(sentence(text))}`),
    ].join('\n'),
  };
}
