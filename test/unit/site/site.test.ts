import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Review } from '../../../src/report/review.ts';
import { sitePages } from '../../../src/site/site.ts';
import { writeSite } from '../../../src/site/write-site.ts';
import type { SiteData } from '../../../src/site/site-data.ts';
import type { SiteRun } from '../../../src/site/runs.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';
import {
  daysBefore,
  endedRun,
  killedRun,
  LAST,
  mixedYear,
  runsOf,
  sampleReview,
  siteData,
} from '../../fixtures/site-data.ts';

const MOST_BYTES = 500_000;

function pagesOf(data: SiteData): Map<string, string> {
  return new Map([...sitePages(data)].map(({ path, text }) => [path, text]));
}

/** So many runs of one drill, one an hour. */
function hourly(count: number, drill = 'orders'): SiteRun[] {
  const start = Date.parse(LAST);
  return runsOf(
    Array.from({ length: count }, (_, index) => {
      const verdict = index % 3 === 0 ? 'failed' : 'passed';
      return endedRun(new Date(start - (count - 1 - index) * 3_600_000).toISOString(), { drill, verdict });
    }),
  );
}

/** The name of every tag. */
const tagsOf = (text: string): string[] =>
  [...text.matchAll(/<[/?!]?[a-z][^>]*>/g)].map(([tag]) => tag.split(/[\s>]/)[0] ?? '');

function pagesWith(value: string): string[] {
  const copy = { key: 1, type: value, host: value, location: value };
  const changes = {
    drill: value,
    stanza: value,
    systemId: value,
    copy,
    reasons: [value],
    verdict: 'failed' as const,
  };
  const past = endedRun(LAST, {
    ...changes,
    backup: { label: value, type: 'full', stoppedAt: LAST, age: null },
    recoveredTo: value,
  });
  const runs = runsOf([{ ...past, verdict: 'passed', startedAt: daysBefore(1), run: value }, past]);
  const planned = [{ drill: `${value} planned`, dueAfter: () => value }];
  return [...sitePages(siteData(runs, { planned, reportOf: () => `../${value}/report.html` }))].map(({ text }) => text);
}

const build = (output: string, runs: readonly SiteRun[]) => writeSite(output, sitePages(siteData(runs)));

describe('the pages', () => {
  test('of no runs at all are a front page and a table of copies', () => {
    const pages = pagesOf(siteData([]));
    expect([...pages.keys()]).toEqual(['index.html', 'copies.html']);
    expect(pages.get('index.html')).toContain('No run is on record yet.');
  });

  test('are the same for the same data', () => {
    const data = siteData(mixedYear());
    expect(pagesOf(data)).toEqual(pagesOf(data));
  });

  test('have no number that is none', () => {
    for (const [path, text] of pagesOf(siteData(mixedYear()))) {
      expect(text.replaceAll(/<style>[^]*?<\/style>/g, ''), path).not.toMatch(/NaN|undefined|Infinity|\[object/);
    }
  });

  test('each picture has words for those who do not see it, and a table', () => {
    const page = pagesOf(siteData(mixedYear())).get('drills/orders/index.html') ?? '';
    const pictures = page.match(/<svg class="chart/g) ?? [];
    expect(pictures).toHaveLength(14);
    expect(page.match(/<title id="[a-z0-9-]+-t">[^<]+<\/title><desc id="[a-z0-9-]+-d">[^<]+<\/desc>/g)).toHaveLength(
      14,
    );
    expect(page.match(/<details><summary>[^<]+ as a table<\/summary><table/g)).toHaveLength(7);
  });

  test('a killed run is in the list, the calendar and the pictures', () => {
    const runs = runsOf([endedRun(daysBefore(2)), endedRun(daysBefore(1))], [killedRun(LAST)]);
    const page = pagesOf(siteData(runs)).get('drills/orders/index.html') ?? '';
    expect(page).toContain('⚠ killed on 2026-11-28');
    expect(page.match(/class="sign-killed"/g)?.length).toBeGreaterThan(4);
    expect(page).toContain('class="day-killed"');
  });

  test('link to the report of each run, from where they are', () => {
    const pages = pagesOf(siteData(runsOf([endedRun(LAST)])));
    const report = 'orders/20261128T030000Z-aaaa/report.html';
    expect(pages.get('index.html')).toContain(`href="../${report}"`);
    expect(pages.get('drills/orders/runs-1.html')).toContain(`href="../../../${report}"`);
  });

  test('have no link to a report that is not there', () => {
    const pages = pagesOf(siteData(runsOf([endedRun(LAST)]), { reportOf: () => null }));
    for (const text of pages.values()) expect(text).not.toContain('report.html"');
  });

  test('link to pages that there are', () => {
    const pages = pagesOf(siteData(hourly(700)));
    const targets = [...pages].flatMap(([path, text]) =>
      [...text.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => new URL(href, `http://x/site/${path}`).pathname),
    );
    const missing = targets.filter(
      (target) => !target.endsWith('report.html') && !pages.has(target.slice('/site/'.length)),
    );
    expect(missing).toEqual([]);
    expect(targets.length).toBeGreaterThan(700);
  });
});

/** Two runs, and what was said of the first. */
function reviewedPages(...reviews: Review[]): Map<string, string> {
  const past = endedRun(daysBefore(1));
  return pagesOf(siteData(runsOf([past, endedRun(LAST)], [], new Map([[`${past.drill}/${past.run}`, reviews]]))));
}

describe('sign-offs', () => {
  const asked = sampleReview({ by: 'Charles', decision: 'follow-up', note: 'more bandwidth' });
  test('of nobody take no room', () => {
    for (const text of reviewedPages().values()) expect(text).not.toMatch(/Signed off|ollow-up(?!s td)|Sign-offs/);
  });

  test('a follow-up is open on the scorecard and on the page of its drill until the run is accepted', () => {
    const open = reviewedPages(asked);
    expect(open.get('index.html')).toContain('⚠ One drill has an open follow-up: orders.');
    expect(open.get('index.html')).toContain('⚠ 1 open follow-up<');
    const page = open.get('drills/orders/index.html') ?? '';
    expect(page).toContain('⚠ 1 follow-up is open.');
    expect(page).toMatch(/<h2>Open follow-ups<\/h2>[^]*Charles[^]*more bandwidth/);
    const closed = reviewedPages(asked, sampleReview());
    for (const text of closed.values()) expect(text).not.toMatch(/pen follow-up/);
    expect(closed.get('drills/orders/runs-1.html')).toMatch(/✓ accepted[^]*Ada, 2026-11-28[^]*the last of 2/);
  });

  test('whose statement is not there are said to be such, and close nothing', () => {
    const all = reviewedPages(asked, sampleReview({ file: null }));
    expect(all.get('index.html')).toContain('⚠ 1 open follow-up<');
    expect(all.get('drills/orders/runs-1.html')).toContain('⚠ accepted, but its statement is missing, or was changed');
    expect(all.get('drills/orders/runs-1.html')).toContain('drill evidence verify says whether');
  });
});

describe('no page is over 500 kB', () => {
  const long = sampleReview({ by: '<'.repeat(1000), note: '"'.repeat(5000), decision: 'follow-up', file: null });

  test.each([
    ['one drill of 10,000 runs', () => hourly(10_000)],
    ['runs that all have long sign-offs', () => hourly(700).map((run) => ({ ...run, reviews: [long, long] }))],
    ['1,000 drills of a few runs', () => Array.from({ length: 1000 }, (_, index) => hourly(3, `db-${index}`)).flat()],
  ])('%s', (_, runs) => {
    const sizes = [...sitePages(siteData(runs()))].map(({ text }) => Buffer.byteLength(text));
    expect(Math.max(...sizes)).toBeLessThan(MOST_BYTES);
  });
});

describe('what is hostile stays text', () => {
  const HOSTILE = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onload='x",
    '\u202Egnp\u0000',
    '</title>',
  ];

  test.each(HOSTILE)('%j', (value) => {
    const pages = pagesWith(value);
    expect(pages.map(tagsOf)).toEqual(pagesWith('plain').map(tagsOf));
    for (const text of pages) expect(text.includes('\u202E') || text.includes('\u0000')).toBe(false);
  });
});

describe('writing', () => {
  test('a second build with nothing new writes nothing', () => {
    const output = join(temporaryDirectory(), 'a', 'site');
    const runs = mixedYear();
    expect(build(output, runs)).toEqual({ pages: 4, written: 4, removed: 0 });
    expect(build(output, runs)).toEqual({ pages: 4, written: 0, removed: 0 });
    expect(readdirSync(join(output, 'drills', 'orders'))).toEqual(['index.html', 'runs-1.html']);
  });

  test('one more run writes the pages that it is on, and no other', () => {
    const output = join(temporaryDirectory(), 'site');
    const all = [...hourly(1000), ...hourly(20, 'billing')].toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
    const last = all.findLast(({ drill }) => drill === 'orders');
    build(
      output,
      all.filter((run) => run !== last),
    );
    const old = join(output, 'drills', 'orders', 'runs-1.html');
    const before = statSync(old).ino;
    expect(build(output, all)).toEqual({ pages: 9, written: 3, removed: 0 });
    expect(statSync(old).ino).toBe(before);
  });

  test('pages of before that are no longer made go, other files stay', () => {
    const output = join(temporaryDirectory(), 'site');
    build(output, hourly(400));
    writeFileSync(join(output, 'drills', 'orders', 'own.html'), '<p>mine</p>');
    expect(build(output, hourly(3))).toMatchObject({ removed: 1 });
    expect(readdirSync(join(output, 'drills', 'orders'))).toEqual(['index.html', 'own.html', 'runs-1.html']);
  });

  test('a file of somebody else is not written over', () => {
    const output = temporaryDirectory();
    writeFileSync(join(output, 'index.html'), '<p>mine</p>');
    expect(() => build(output, hourly(1))).toThrow(/index\.html is in the way/);
    expect(readFileSync(join(output, 'index.html'), 'utf8')).toBe('<p>mine</p>');
  });

  test('a place that cannot be written to is named', () => {
    const output = join(temporaryDirectory(), 'file');
    writeFileSync(output, '');
    expect(() => build(output, [])).toThrow(/the site cannot be written: /);
  });
});
