import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { SiteRun } from '../../src/site/runs.ts';
import { sitePages } from '../../src/site/site.ts';
import { bundleHtml } from '../../src/evidence/bundle/print.ts';
import { describeBundle } from '../../src/evidence/bundle/describe.ts';
import { askPage, DARK, faultsOf, pagesOnPaper } from '../fixtures/browser.ts';
import { daysBefore, endedRun, LAST, mixedYear, runsOf, sampleReview, siteData } from '../fixtures/site-data.ts';
import { claim } from './trial.ts';

const AXE = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const POLICY = /<meta http-equiv="Content-Security-Policy"[^>]*>/;
const HOSTILE = `"><img src=x onerror="parent.hit=1"><script>parent.hit=1</script>`;

const asked = sampleReview({ by: 'a'.repeat(90), decision: 'follow-up', note: 'more bandwidth '.repeat(40) });
const accepted = sampleReview({ by: 'Ada Lovelace', note: 'n'.repeat(300), file: null });

/** A drill on two repositories, one that failed, one that has a plan and no run. */
function sample(): SiteRun[] {
  const long = 'a-drill-with-a-name-of-the-most-letters-that-a-name-can-have-63';
  const failed = { drill: long, verdict: 'failed' as const, reasons: ['wal-missing'], stanza: long };
  const ended = [endedRun(daysBefore(1), { drill: long }), endedRun(LAST, failed)];
  const all = [...runsOf(ended), ...mixedYear()].toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
  return all.map((run, index) => {
    if (run.ended === null || index % 4 !== 3) return run;
    return { ...run, reviews: index > all.length - 5 ? [asked] : [asked, accepted] };
  });
}

function pagesOf(runs: readonly SiteRun[]) {
  const planned = [{ drill: 'billing', dueAfter: () => '2026-12-01T03:00:00.000Z' }];
  return [...sitePages(siteData(runs, { planned }))];
}

claim('H20', async () => {
  for (const { path, text } of pagesOf(sample())) {
    const opened = text.replaceAll('<details', '<details open');
    for (const width of [390, 768, 1280]) {
      const widest = await askPage<{ right: number; what: string }>(
        opened,
        width,
        900,
        `(() => { const edge = (item) => item.getBoundingClientRect().right;
          const last = [...page.querySelectorAll('body *')].toSorted((a, b) => edge(b) - edge(a))[0];
          return { right: edge(last), what: last.outerHTML.slice(0, 200) }; })()`,
      );
      expect(widest.right, `${path} at ${width}: ${widest.what}`).toBeLessThanOrEqual(width);
    }
  }
});

claim('H21', async () => {
  for (const { path, text } of pagesOf(sample())) {
    // axe-core is a script, and the page allows none.
    const audited = text
      .replace(POLICY, '')
      .replaceAll('<details', '<details open')
      .replace('</body>', () => `<script>${AXE}</script></body>`);
    for (const [width, ...words] of [[1280], [1280, DARK], [390]] as const) {
      const found = await askPage<string[]>(
        audited,
        width,
        900,
        `target.contentWindow.axe.run(page).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html.slice(0, 200) + ' ' + nodes[0].failureSummary))`,
        ...words,
      );
      expect(found, `${path} ${width} ${words.join('')}`).toEqual([]);
    }
  }
});

claim('H22', async () => {
  for (const { path, text } of pagesOf(sample())) {
    const seen = await askPage<{ count: number; missed: string[] }>(
      text,
      1280,
      900,
      `(() => { const all = [...page.querySelectorAll('a, summary')];
        const missed = all.filter((item) => { item.focus(); return page.activeElement !== item || item.tabIndex < 0; });
        return { count: all.length, missed: missed.map((item) => item.outerHTML) }; })()`,
    );
    expect(seen.missed, path).toEqual([]);
    expect(seen.count, path).toBeGreaterThan(0);
  }
});

claim('H23', async () => {
  const copy = { key: 1, type: HOSTILE, host: HOSTILE, location: HOSTILE };
  const changes = { drill: HOSTILE, stanza: HOSTILE, reasons: [HOSTILE], verdict: 'failed' as const, copy };
  const reviews = [sampleReview({ by: HOSTILE, note: HOSTILE, decision: 'follow-up' })];
  const runs = runsOf([endedRun(daysBefore(1), changes), endedRun(LAST, changes)]).map((run) => ({ ...run, reviews }));
  for (const { path, text } of pagesOf(runs)) {
    // The policy of the page would stop a script as well, so it is taken away: the escaping has to do alone.
    const seen = await askPage<{ hit: number; foreign: number; fetched: number; shown: boolean }>(
      text.replace(POLICY, ''),
      1280,
      900,
      `({
        hit: window.hit ?? 0,
        foreign: page.querySelectorAll('img, script, link, iframe, object, [onerror]').length,
        fetched: target.contentWindow.performance.getEntriesByType('resource').length,
        shown: page.body.textContent.includes('parent.hit=1'),
      })`,
    );
    expect(seen, path).toEqual({ hit: 0, foreign: 0, fetched: 0, shown: true });
  }
});

claim('H24', async () => {
  const [front] = pagesOf(sample());
  const html = front?.text ?? '';
  for (const [width, height] of [
    [390, 844],
    [1280, 800],
  ] as const) {
    const seen = await askPage<{ lead: string; cards: number }>(
      html,
      width,
      height,
      `({ lead: page.querySelector('.lead').textContent, cards: page.querySelector('.cards').getBoundingClientRect().bottom })`,
    );
    expect(seen.lead).toMatch(/^✗ .* failed: /);
    expect(seen.cards).toBeLessThanOrEqual(height);
  }
  expect(await pagesOnPaper(html)).toBe(1);
});

/** A bundle in which something is wrong, open and missing, and in which people have names that are scripts. */
function hostileBundle(): string {
  const sampleRun = endedRun(LAST, {
    drill: 'orders',
    reasons: [HOSTILE],
    verdict: 'failed',
    controls: [HOSTILE, 'CIS-11.5'],
  });
  const { ended } = runsOf([sampleRun])[0] ?? { ended: null };
  const review = { by: HOSTILE, decision: 'follow-up' as const, note: HOSTILE, at: LAST, file: 'sign-off.1.dsse.json' };
  const run = { drill: 'orders', run: sampleRun.run, number: 1, startedAt: LAST, outcome: 'failed' as const };
  return bundleHtml(
    describeBundle({
      terms: {
        bundleVersion: 1,
        pgdrill: '0.1.0',
        from: daysBefore(9),
        until: '2027-01-01T00:00:00.000Z',
        drill: null,
        withoutValues: true,
      },
      runs: [{ ...run, ended, report: 'orders/run/report.html', reviews: [review], isSigned: true }],
      passedBefore: () => null,
      ranBefore: new Map([['users', [HOSTILE]]]),
      firstBegun: () => LAST,
      planned: [{ drill: 'orders', schedule: HOSTILE, dueAfter: () => null }],
      problems: [{ file: HOSTILE, line: 3, what: HOSTILE }],
      missed: [{ drill: HOSTILE, dueAt: LAST }],
      notes: [HOSTILE],
      keys: [],
      keysNamed: false,
      selfTest: null,
      ledgerEnd: LAST,
    }),
  );
}

claim('H25', async () => {
  const html = hostileBundle();
  for (const [width, scheme] of [
    [1280, 'light'],
    [1280, 'dark'],
    [500, 'dark'],
  ] as const) {
    expect(await faultsOf(html, width, scheme)).toEqual([]);
  }
  for (const width of [390, 1280]) {
    const seen = await askPage<{ hit: number; foreign: number; width: number; shown: boolean }>(
      html.replace(POLICY, ''),
      width,
      900,
      `({
        hit: window.hit ?? 0,
        foreign: page.querySelectorAll('img, script, link, iframe, object, [onerror]').length,
        width: page.documentElement.scrollWidth,
        shown: page.body.textContent.includes('parent.hit=1'),
      })`,
    );
    expect(seen).toMatchObject({ hit: 0, foreign: 0, shown: true });
    expect(seen.width).toBeLessThanOrEqual(width);
  }
});
