import { renderHtml } from './html.ts';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { renderOscal } from './oscal.ts';
import type { DrillReport } from './report.ts';
import type { Review } from './review.ts';

function renderJson(report: DrillReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** A report, and what those have said who looked at it, as the text of a file. */
export type Renderer = (report: DrillReport, reviews?: readonly Review[]) => string;

/** One pure function a format: a report in, the text of a file out. */
export const RENDERERS = {
  md: renderMarkdown,
  html: renderHtml,
  json: renderJson,
  junit: renderJunit,
  oscal: renderOscal,
} as const satisfies Record<string, Renderer>;

/** A format that a report can be rendered in. */
export type ReportFormat = keyof typeof RENDERERS;
