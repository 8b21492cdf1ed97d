import { RENDERERS } from '../../src/report/render.ts';
import type { DrillReport } from '../../src/report/report.ts';
import { describeRunbook } from '../../src/runbook/describe.ts';
import { runbookHtml, runbookMarkdown } from '../../src/runbook/print.ts';
import type { RunbookInput } from '../../src/runbook/runbook.ts';
import { siteRuns } from '../../src/site/runs.ts';
import { sitePages } from '../../src/site/site.ts';
import { parseLine } from '../../src/store/ledger/line.ts';
import { sampleYear } from './sample-year.ts';

const SAMPLE = 'reports/sample';

/** A file of the sample, and how it is made. */
interface SampleFile {
  readonly path: string;
  readonly make: () => string;
}

/** One of everything that a reader gets, all made from report.json, which is a run of `npm run demo`. */
export function sampleFiles(report: DrillReport): SampleFile[] {
  const document = describeRunbook(runbookOf(report));
  const ledger = sampleYear(report);
  return [
    { path: `${SAMPLE}/report.md`, make: () => RENDERERS.md(report) },
    { path: `${SAMPLE}/report.html`, make: () => RENDERERS.html(report) },
    { path: `${SAMPLE}/junit.xml`, make: () => RENDERERS.junit(report) },
    { path: `${SAMPLE}/oscal.json`, make: () => RENDERERS.oscal(report) },
    { path: `${SAMPLE}/runbook.md`, make: () => runbookMarkdown(document) },
    { path: `${SAMPLE}/runbook.html`, make: () => runbookHtml(document) },
    { path: `${SAMPLE}/ledger.jsonl`, make: () => ledger },
    ...sitePagesOf(ledger),
  ];
}

/** The pages of the year that a ledger tells of. */
function sitePagesOf(ledger: string): SampleFile[] {
  const lines = ledger.trimEnd().split('\n').map(parseLine);
  const runs = lines.flatMap((line) => (line.kind === 'ended' ? [{ ...line, file: '' }] : []));
  const withoutReport = lines.flatMap((line) => (line.kind === 'lost' ? [{ ...line, state: line.kind }] : []));
  const data = {
    runs: siteRuns({ runs, withoutReport, unrecorded: [], unreadableLines: 0 }),
    planned: [],
    now: runs.at(-1)?.finishedAt ?? '',
    unrecorded: 0,
    unreadableLines: 0,
    reportOf: () => null,
  };
  return [...sitePages(data)].map(({ path, text }) => ({ path: `${SAMPLE}/site/${path}`, make: () => text }));
}

function runbookOf(report: DrillReport): RunbookInput {
  return {
    drill: report.drill,
    stanza: report.source.stanza,
    plan: 'drills/shop.yaml',
    production: {
      data: '/var/lib/postgresql/15/main',
      stop: 'systemctl stop postgresql@15-main',
      start: 'systemctl start postgresql@15-main',
    },
    roles: {},
    inform: null,
    proven: { latest: null, pointInTime: report, standby: null, singleTable: report },
    failedSince: null,
  };
}
