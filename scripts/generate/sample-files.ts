import { runsIn } from '../../src/evidence/bundle/bundled-run.ts';
import { describeBundle } from '../../src/evidence/bundle/describe.ts';
import { instructions } from '../../src/evidence/bundle/instructions.ts';
import { bundleHtml, bundleMarkdown } from '../../src/evidence/bundle/print.ts';
import { covers } from '../../src/evidence/bundle/terms.ts';
import { RENDERERS } from '../../src/report/render.ts';
import type { DrillReport } from '../../src/report/report.ts';
import type { Review } from '../../src/report/review.ts';
import { describeRunbook } from '../../src/runbook/describe.ts';
import { runbookHtml, runbookMarkdown } from '../../src/runbook/print.ts';
import type { RunbookInput } from '../../src/runbook/runbook.ts';
import { siteRuns } from '../../src/site/runs.ts';
import { sitePages } from '../../src/site/site.ts';
import { parseLine } from '../../src/store/ledger/line.ts';
import { SAMPLE_KEY, sampleYear } from './sample-year.ts';

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
    ...bundlePagesOf(ledger),
    ...sitePagesOf(ledger),
  ];
}

const YEAR = { from: '2025-12-01T00:00:00.000Z', until: '2026-11-23T00:00:00.000Z' };

/** The first page of the bundle of that year, and how to verify it. */
function bundlePagesOf(ledger: string): SampleFile[] {
  const terms = { bundleVersion: 1, pgdrill: '0.1.0', ...YEAR, drill: null, withoutValues: false } as const;
  const lines = ledger.trimEnd().split('\n').map(parseLine);
  const runs = runsIn(lines, ({ drill, run }) => ({
    report: null,
    reviews: reviewsOf(drill, run),
    isSigned: true,
  })).filter(covers(terms));
  const page = describeBundle({
    terms,
    runs,
    passedBefore: () => null,
    ranBefore: new Map(),
    firstBegun: () => '2025-11-23T03:00:00.000Z',
    planned: [{ drill: 'orders', schedule: '0 3 * * 0', dueAfter: nextSunday }],
    problems: [],
    missed: lines.flatMap((line) =>
      line.kind === 'missed' ? line.dueAt.map((dueAt) => ({ drill: line.drill, dueAt })) : [],
    ),
    notes: [],
    keys: [SAMPLE_KEY],
    keysNamed: true,
    selfTest: null,
    ledgerEnd: runs.at(-1)?.ended?.finishedAt ?? null,
  });
  return [
    { path: `${SAMPLE}/bundle/index.md`, make: () => bundleMarkdown(page) },
    { path: `${SAMPLE}/bundle/index.html`, make: () => bundleHtml(page) },
    { path: `${SAMPLE}/bundle/VERIFY.md`, make: () => instructions(terms) },
  ];
}

/** Somebody has looked at the runs of the summer. */
function reviewsOf(drill: string, run: string): Review[] {
  if (!run.startsWith('202607') && !run.startsWith('202608')) return [];
  const said = { by: 'Ada Lovelace', at: '2026-09-01T08:00:00.000Z', file: 'sign-off.1.dsse.json' };
  return drill === 'analytics'
    ? [{ ...said, decision: 'follow-up', note: 'ask for more bandwidth to the repository' }]
    : [{ ...said, decision: 'accepted', note: null }];
}

function nextSunday(after: string): string {
  const at = new Date(Date.parse(after) + 1);
  at.setUTCHours(3, 0, 0, 0);
  while (at.getUTCDay() !== 0 || at.toISOString() <= after) at.setUTCDate(at.getUTCDate() + 1);
  return at.toISOString();
}

/** The pages of the year that a ledger tells of. */
function sitePagesOf(ledger: string): SampleFile[] {
  const lines = ledger.trimEnd().split('\n').map(parseLine);
  const runs = lines.flatMap((line) => (line.kind === 'ended' ? [{ ...line, file: '' }] : []));
  const withoutReport = lines.flatMap((line) => (line.kind === 'lost' ? [{ ...line, state: line.kind }] : []));
  const missed = lines.flatMap((line) =>
    line.kind === 'missed' ? line.dueAt.map((dueAt) => ({ drill: line.drill, dueAt })) : [],
  );
  const reviews = new Map(runs.map(({ drill, run }) => [`${drill}/${run}`, reviewsOf(drill, run)]));
  const data = {
    runs: siteRuns({ runs, fallbacks: [], withoutReport, unrecorded: [], missed, unreadableLines: 0 }, reviews),
    planned: [],
    now: runs.at(-1)?.finishedAt ?? '',
    unrecorded: 0,
    unreadableLines: 0,
    selfTest: null,
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
      config: report.source.config,
      stop: 'systemctl stop postgresql@15-main',
      start: 'systemctl start postgresql@15-main',
    },
    roles: {},
    inform: null,
    proven: { latest: null, pointInTime: report, standby: null, singleTable: report },
    failedSince: null,
  };
}
