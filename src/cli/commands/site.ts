import { existsSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import { readSignOffs } from '../../evidence/read-sign-offs.ts';
import { siteRuns, type SiteRun } from '../../site/runs.ts';
import { sitePages } from '../../site/site.ts';
import type { Planned } from '../../site/standing.ts';
import { writeSite } from '../../site/write-site.ts';
import { version } from '../../core/version.ts';
import { readPastSelfTests } from '../../store/past-self-tests.ts';
import { RunStore } from '../../store/run-store.ts';
import { standingOfSelfTests } from '../../store/self-test-standing.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-status.ts';
import { reportsDirectory } from '../known-reports.ts';
import { plansHere, stampDueAfter } from '../plans/plans-here.ts';
import type { Done } from './command.ts';

interface SiteOptions {
  readonly reports?: string | undefined;
  readonly output?: string | undefined;
}

export function define(command: Command, context: CliContext, done: Done): void {
  command
    .option('--reports <dir>', 'where reports are; default: ./reports')
    .option('--output <dir>', 'where the pages go; default: site in the directory of the reports')
    .addHelpText('after', examples('drill site', 'drill site --reports /srv/reports --output /srv/www/drills'))
    .action((options) => done(site(options, context)));
}

/** Writes the pages that have changed. Returns the exit status. */
function site(options: SiteOptions, context: CliContext): number {
  const reports = reportsDirectory(options.reports, undefined, context.env);
  const output = options.output ?? join(reports, 'site');
  const history = new RunStore(reports).history(null);
  const pages = sitePages({
    runs: siteRuns(history, readSignOffs(reports, null)),
    planned: plannedHere(context),
    now: new Date().toISOString(),
    unrecorded: history.unrecorded.length,
    unreadableLines: history.unreadableLines,
    selfTest: standingOfSelfTests(readPastSelfTests(reports), version()),
    reportOf: reportsSeenFrom(output, reports),
  });
  const done = writeSite(output, pages);
  const removed = done.removed === 0 ? '' : `, ${done.removed} of before removed`;
  context.stdout(`${join(output, 'index.html')}: ${done.pages} pages, ${done.written} written${removed}\n`);
  return EXIT.passed;
}

/** Where the HTML report of a run lies, as a link from the front page; null: it is not there. */
function reportsSeenFrom(output: string, reports: string): (run: Pick<SiteRun, 'drill' | 'run'>) => string | null {
  const way = relative(resolve(output), resolve(reports)).split(sep).map(encodeURIComponent).join('/');
  return ({ drill, run }) => {
    if (!existsSync(join(reports, drill, run, 'report.html'))) return null;
    return `${way === '' ? '.' : way}/${drill}/${run}/report.html`;
  };
}

function plannedHere(context: CliContext): Planned[] {
  return plansHere('the site', context).map(({ name, schedule }) => ({
    drill: name,
    dueAfter: schedule === null ? () => null : stampDueAfter(schedule),
  }));
}
