import type { DrillReport } from './report.ts';
export function renderMarkdown(report: DrillReport): string {
  return `# ${report.drill}: ${report.verdict}\n`;
}
