import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { sampleOutput } from '../../scripts/generate/sample-output.ts';
import { historyText } from '../../src/cli/view/history.ts';
import { resultText } from '../../src/cli/view/show-result.ts';
import { RENDERERS } from '../../src/report/render.ts';
import { reportSchema, type DrillReport } from '../../src/report/report.ts';
import { askPage, faultsOf, pagesOnPaper } from '../fixtures/browser.ts';
import { pastRunOf, shownHistory } from '../fixtures/past-run.ts';
import { provenCopy, runEndedIn, sampleReason, sampleReport } from '../fixtures/sample-report.ts';
import { claim } from './trial.ts';

/** A real run: the one of `npm run demo` that is shown in the repository. */
const real = reportSchema.parse(JSON.parse(readFileSync('reports/sample/report.json', 'utf8')));
const failed = runEndedIn('recover', { reasons: [sampleReason()] });
const PHONE = [390, 844] as const;
const DESK = [1280, 800] as const;

claim('H1', async () => {
  for (const report of [real, sampleReport(), failed]) {
    const html = RENDERERS.html(report).replaceAll('<details', '<details open');
    const seen = await askPage<{ widest: number; smallest: number; charts: string[] }>(
      html,
      ...PHONE,
      `({
        widest: Math.max(...[...page.querySelectorAll('body *')].map((item) => item.getBoundingClientRect().right)),
        smallest: Math.min(...[...page.querySelectorAll('svg.narrow text')].map((item) => item.getBoundingClientRect().height)),
        charts: [...page.querySelectorAll('svg')].filter((item) => item.getBoundingClientRect().width > 0).map((item) => item.classList[1]),
      })`,
    );
    expect(seen.widest).toBeLessThanOrEqual(390);
    expect(seen.smallest).toBeGreaterThan(11);
    expect(seen.charts).toEqual(['narrow']);
  }
});

claim('H2', async () => {
  for (const size of [PHONE, DESK]) {
    const { cards, lead } = await askPage<{ cards: number; lead: string }>(
      RENDERERS.html(real),
      size[0],
      size[1],
      `({ cards: page.querySelector('.cards').getBoundingClientRect().bottom, lead: page.querySelector('header').textContent })`,
    );
    expect(cards).toBeLessThanOrEqual(size[1]);
    expect(lead).toMatch(
      /^\s*✓ Restore drill .*: passed\n.*\nProven: .* was restored from repository 1 .*\.\nTo do: .*\n/,
    );
    expect(lead).not.toMatch(/\.\d{3,6}/);
  }
});

claim('H3', async () => {
  const { words, how } = await askPage<{ words: string; how: string }>(
    RENDERERS.html(sampleReport()),
    ...DESK,
    `({
      words: [...page.querySelectorAll('header, main > section')].map((item) => {
        const copy = item.cloneNode(true);
        for (const picture of copy.querySelectorAll('svg')) picture.remove();
        return copy.textContent;
      }).join(' '),
      how: page.querySelector('.card:not([open]) p').textContent,
    })`,
  );
  expect(words.split('12m 01s')).toHaveLength(2);
  expect(how).toContain('From the first instant of provision');
});

claim('H4', async () => {
  expect(await readFile('README.md', 'utf8')).toContain(sampleOutput(real));
});

claim('H5', async () => {
  expect(await pagesOnPaper(RENDERERS.html(real))).toBeLessThanOrEqual(2);
  const opened = RENDERERS.html(real).replace('<details class="annex"', '<details open class="annex"');
  expect(await pagesOnPaper(opened)).toBeGreaterThan(2);
});

claim('H6', async () => {
  const seen = await askPage<{ reason: number; cards: number; empty: number; figures: string }>(
    RENDERERS.html(failed),
    ...PHONE,
    `({
      reason: page.querySelector('header li').getBoundingClientRect().bottom,
      cards: page.querySelector('.cards').getBoundingClientRect().top,
      empty: [...page.querySelectorAll('section')].filter((item) => item.children.length < 2).length,
      figures: page.querySelector('.cards').textContent,
    })`,
  );
  expect(seen.reason).toBeLessThan(seen.cards);
  expect(seen.empty).toBe(0);
  expect(seen.figures).toContain('– not measured');
  expect(seen.figures).not.toContain('✗');
});

claim('H6b', () => {
  const report = sampleReport({ reasons: [sampleReason({ code: 'config-not-in-backup' })] });
  expect(RENDERERS.md(report).split('\n')[0]).toBe('# ⚠ Restore drill orders: passed with 1 warning');
  expect(resultText({ report, folder: 'r' })).toMatch(/^PASSED WITH 1 WARNING orders: /);
  return Promise.resolve();
});

claim('H7', () => {
  const markdown = RENDERERS.md(real);
  const first = markdown.split('<details>')[0] ?? '';
  // The target of the sample was chosen, so it has no RPO.
  expect(first.match(/^\| \*\*/gm)).toHaveLength(4);
  expect(first.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length).toBeLessThan(90);
  expect(markdown).not.toMatch(/^\| {2}\| /m);
  return Promise.resolve();
});

claim('H8', () => {
  for (const report of [real, failed]) {
    const text = resultText({ report, folder: 'reports/orders/20261121T030000Z-3f9a' }, undefined, 80);
    const lines = text.trimEnd().split('\n');
    expect(lines.filter((line) => line.length > 80 && line.trim().includes(' '))).toEqual([]);
    const words = new Set(resultText({ report, folder: 'reports/orders/20261121T030000Z-3f9a' }).split(/\s+/));
    expect(text.split(/\s+/).filter((word) => !words.has(word))).toEqual([]);
    const last = lines.slice(-3).join('\n');
    expect(last).toContain('report.md');
    expect(last.includes('next ')).toBe(report.verdict === 'failed');
  }
  return Promise.resolve();
});

function runOn(key: number, runId: string): DrillReport {
  return sampleReport({ runId, copies: [provenCopy({ key })] });
}

claim('H8b', () => {
  const runs = [runOn(1, 'R1'), runOn(2, 'R2'), runOn(1, 'R3'), runOn(2, 'R4')].map(pastRunOf);
  const text = historyText(shownHistory(runs), 'reports');
  expect(text).toMatch(/RTO of orders, repository 1 /);
  expect(text).toMatch(/RTO of orders, repository 2 /);
  return Promise.resolve();
});

claim('H9', async () => {
  for (const report of [real, failed]) {
    expect(await faultsOf(RENDERERS.html(report), DESK[0], 'light')).toEqual([]);
    expect(await faultsOf(RENDERERS.html(report), 500, 'dark')).toEqual([]);
  }
});
