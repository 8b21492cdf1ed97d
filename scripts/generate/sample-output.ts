import { resultText } from '../../src/cli/view/show-result.ts';
import { plain } from '../../src/cli/view/style.ts';
import type { DrillReport } from '../../src/report/report.ts';

const COLUMNS = 100;

/** What a run prints at its end, as a block of the README. */
export function sampleOutput(report: DrillReport): string {
  const folder = `reports/${report.drill}/${report.runId}`;
  return `\`\`\`text\n${resultText({ report, folder }, plain, COLUMNS)}\`\`\`\n`;
}
