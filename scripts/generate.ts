import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { checkUpSchema } from '../src/check-up/document.ts';
import { planJsonSchema } from '../src/cli/plans/plan-json-schema.ts';
import { planSchema } from '../src/plan/schema.ts';
import { reportSchema, type DrillReport } from '../src/report/report.ts';
import { dashboardJson } from './generate/dashboard/dashboard.ts';
import { exitStatusTable } from './generate/exit-status-table.ts';
import { faultSummary, faultTables } from './generate/fault-tables.ts';
import { findingTable } from './generate/finding-table.ts';
import { fieldTable } from './generate/field-table.ts';
import { integrityFindingTable, partTable } from './generate/integrity-tables.ts';
import { withGenerated } from './generate/markers.ts';
import { metricTables } from './generate/metric-tables.ts';
import { protocolTables } from './generate/protocol-tables.ts';
import { reasonTables } from './generate/reason-table.ts';
import { sampleFiles } from './generate/sample-files.ts';
import { sampleOutput } from './generate/sample-output.ts';
import { trialTables } from './generate/trial-tables.ts';

// Writes what is derived from the source: schemas for editors and readers of reports, and the tables in docs/.
// `--check` writes nothing, names the files that are stale and ends with status 1.

const ROOT = join(import.meta.dirname, '..');

const reportJsonSchema = z.toJSONSchema(reportSchema, { target: 'draft-7' });
const checkUpJsonSchema = z.toJSONSchema(checkUpSchema, { target: 'draft-7' });
const planInput = z.toJSONSchema(planSchema, { io: 'input', target: 'draft-7' });

interface Generated {
  readonly path: string;
  /** The new content, from what is there now. */
  readonly make: (current: string) => string;
}

const FILES: readonly Generated[] = [
  { path: 'drills/drill.schema.json', make: planJsonSchema },
  { path: 'docs/report.schema.json', make: () => `${JSON.stringify(reportJsonSchema, null, 2)}\n` },
  { path: 'docs/check.schema.json', make: () => `${JSON.stringify(checkUpJsonSchema, null, 2)}\n` },
  {
    path: 'docs/check.md',
    make: (text) =>
      withGenerated(
        withGenerated(text, 'finding codes', findingTable()),
        'check fields',
        fieldTable(checkUpJsonSchema, 'plain'),
      ),
  },
  { path: 'docs/plans.md', make: (text) => withGenerated(text, 'plan fields', fieldTable(planInput, 'with-defaults')) },
  {
    path: 'docs/reports.md',
    make: (text) => withGenerated(text, 'report fields', fieldTable(reportJsonSchema, 'plain')),
  },
  { path: 'docs/reasons.md', make: (text) => withGenerated(text, 'reason codes', reasonTables()) },
  {
    path: 'docs/integrity.md',
    make: (text) =>
      withGenerated(withGenerated(text, 'integrity parts', partTable()), 'integrity findings', integrityFindingTable()),
  },
  { path: 'docs/exit-statuses.md', make: (text) => withGenerated(text, 'exit statuses', exitStatusTable()) },
  { path: 'docs/metrics.md', make: (text) => withGenerated(text, 'metrics', metricTables()) },
  { path: 'monitoring/pgdrill.dashboard.json', make: dashboardJson },
  { path: 'docs/ssh-protocol.md', make: (text) => withGenerated(text, 'protocol', protocolTables()) },
  {
    path: 'docs/faults.md',
    make: (text) => withGenerated(withGenerated(text, 'fault summary', faultSummary()), 'faults', faultTables()),
  },
  { path: 'docs/trials.md', make: (text) => withGenerated(text, 'trials', trialTables()) },
  { path: 'README.md', make: (text) => withGenerated(text, 'sample output', sampleOutput(sampleReport())) },
  ...sampleFiles(sampleReport()),
];

const stale = FILES.map(({ path, make }) => {
  const current = readOrEmpty(path);
  return { path, current, wanted: make(current) };
}).filter(({ current, wanted }) => current !== wanted);

if (process.argv.includes('--check')) {
  if (stale.length > 0) {
    process.stderr.write(`stale: ${stale.map(({ path }) => path).join(', ')}\nrun: npm run generate\n`);
    process.exitCode = 1;
  }
} else {
  for (const { path, wanted } of stale) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), wanted);
    process.stdout.write(`wrote ${path}\n`);
  }
}

/** One run of `drill demo`. Where it no longer fits the schema, put a new one there. */
function sampleReport(): DrillReport {
  return reportSchema.parse(JSON.parse(readOrEmpty('reports/sample/report.json')));
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(join(ROOT, path), 'utf8');
  } catch {
    return '';
  }
}
