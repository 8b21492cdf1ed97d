import { describe, expect, test } from 'vitest';
import { renderHtml } from '../../../src/report/html.ts';
import { runEndedIn, sampleCheck, sampleReport } from '../../fixtures/sample-report.ts';

/** Attributes of the first element of a class. */
function attributesOf(html: string, className: string): Record<string, string> {
  const [, attributes = ''] = new RegExp(`<\\w+ class="${className}"([^>]*)>`).exec(html) ?? [];
  return Object.fromEntries(
    [...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** The figures of a page, by name. */
function figures(html: string): Record<string, string> {
  const cards = html.matchAll(/<span class="name">([^<]*)<\/span><span class="value">([^<]*)<\/span>/g);
  return Object.fromEntries([...cards].map(([, name = '', value = '']) => [name, value]));
}

describe('the page', () => {
  const html = renderHtml(sampleReport());

  test('is one file: no script, nothing from elsewhere', () => {
    expect(html).not.toMatch(/<script/i);
    expect(html).not.toMatch(/https?:\/\//);
    expect(html).not.toMatch(/\s(src|href)=|url\(|@import/i);
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  test('serves light, dark and paper', () => {
    expect(html).toContain('color-scheme: light dark');
    expect(html).toContain('@media print');
  });

  test('shows the verdict and the numbers first', () => {
    const head = html.slice(html.indexOf('<header'), html.indexOf('</header>'));
    expect(head).toContain('<header class="good">');
    expect(head).toContain('<h1><mark class="good">✓</mark> Restore drill orders: passed</h1>');
    expect(figures(head)).toEqual({
      RTO: '12m 01s',
      RPO: '≤ 1m 49s',
      'Backup age': '2h 00m',
      Checks: '1 of 1',
      Isolation: '2 of 2',
    });
    expect(head).toContain('an upper bound');
  });

  test('shows no number where nothing was measured', () => {
    const head = renderHtml(runEndedIn('restore')).split('</header>')[0];
    expect(head).toContain('<header class="bad">');
    expect(figures(head ?? '')).toEqual({ RTO: '–', RPO: '–', 'Backup age': '2h 00m' });
    expect(head).toContain('– not measured');
    expect(head).not.toContain('✗ missed');
  });

  test('escapes what checks observed', () => {
    const page = renderHtml(sampleReport({ checks: [sampleCheck({ observed: '<b>"x"</b>' })] }));
    expect(page).toContain('<code>&lt;b&gt;&quot;x&quot;&lt;/b&gt;</code>');
  });
});

describe('the phase chart', () => {
  test('draws the objective where the clock of the RTO has run that long', () => {
    const html = renderHtml(sampleReport());
    const band = attributesOf(html, 'rto-band');
    const line = attributesOf(html, 'objective');
    expect(line['x1']).toBe(line['x2']);
    const plotted = Number(line['x1']) - Number(band['x']);
    expect(plotted / Number(band['width'])).toBeCloseTo(1_800_000 / 721_000, 1);
  });

  test('an objective that was missed crosses the band', () => {
    const rto = { ...sampleReport().rto, objectiveMs: 600_000, met: false };
    const html = renderHtml(sampleReport({ verdict: 'failed', rto }));
    const band = attributesOf(html, 'rto-band');
    expect(Number(attributesOf(html, 'objective')['x1'])).toBeLessThan(Number(band['x']) + Number(band['width']));
  });

  test('an objective far beyond the run is told, not drawn', () => {
    const rto = { ...sampleReport().rto, objectiveMs: 86_400_000 };
    const html = renderHtml(sampleReport({ rto }));
    expect(html).not.toContain('class="objective"');
    expect(html).toContain('objective 1d, far to the right');
  });

  test('draws only phases that ran, and no band where no RTO was measured', () => {
    const html = renderHtml(runEndedIn('restore'));
    expect([...(html.split('<svg')[1] ?? '').matchAll(/<rect class="bar-/g)]).toHaveLength(4);
    expect(html).toContain('bar-failed');
    expect(html).not.toContain('class="rto-band"');
    expect(html).toContain('aria-label="Phases of the run: preflight 4.0 s,');
  });
});
