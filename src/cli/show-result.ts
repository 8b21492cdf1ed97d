import type { Endpoint } from '../core/endpoint.ts';
import type { DrillResult } from '../drill/run-drill.ts';

export function resultText({ report, folder }: DrillResult, _colours: boolean): string {
  const reasons = report.reasons.map(({ code, message, hint }) => `  ${code}: ${message}${hint ? `\n    hint: ${hint}` : ''}\n`);
  return `${report.verdict} ${report.drill} rto ${report.rto.measuredMs} rpo ${report.rpo.measuredMs}\n${reasons.join('')}  report: ${folder}/report.md\n`;
}
export function keptText({ report }: DrillResult, endpoint: Endpoint): string {
  return `psql -h ${endpoint.host} -p ${endpoint.port} -U ${endpoint.user}\nend it with: drill sweep --run ${report.runId}\n`;
}
