import { copiesPages } from './copies-pages.ts';
import { drillPage } from './drill-page.ts';
import type { SiteFile } from './page.ts';
import { provenCopies } from './proven-copies.ts';
import { runListPages } from './run-list.ts';
import { scorecardPages } from './scorecard.ts';
import type { SiteData } from './site-data.ts';
import { standingsOf } from './standing.ts';

/** All pages of the site, one after the other: no more than one of them is in memory. */
export function* sitePages(data: SiteData): Generator<SiteFile> {
  const standings = standingsOf(data.runs, data.planned, data.now);
  const copies = provenCopies(data.runs);
  yield* scorecardPages(standings, copies, data);
  yield* copiesPages(copies, data);
  for (const [drill, runs] of Map.groupBy(data.runs, (run) => run.drill)) {
    const rows = standings.filter((standing) => standing.drill === drill);
    yield drillPage(drill, runs, rows, data);
    yield* runListPages(drill, runs, data);
  }
}
