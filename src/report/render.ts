import { renderHtml } from './html.ts';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { renderOscal } from './oscal.ts';
import type { DrillReport } from './report.ts';

function renderJson(report: DrillReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** One pure function a format: a report in, the text of a file out. */
export const RENDERERS = {
  md: renderMarkdown,
  html: renderHtml,
  json: renderJson,
  junit: renderJunit,
  oscal: renderOscal,
} as const satisfies Record<string, (report: DrillReport) => string>;

/** A format that a report can be rendered in. */
export type ReportFormat = keyof typeof RENDERERS;
