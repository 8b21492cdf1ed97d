import { describe, expect, test } from 'vitest';
import { escapeProse, fenced, guardLineStart, inlineCode } from '../../../src/report/markdown/escape.ts';
import { RENDERERS } from '../../../src/report/render.ts';
import type { DrillReport } from '../../../src/report/report.ts';
import { visible } from '../../../src/report/visible.ts';
import { oscalResults } from '../../fixtures/oscal.ts';
import { sampleAssertion, sampleCheck, sampleCopy, sampleReason, sampleReport } from '../../fixtures/sample-report.ts';

const HOSTILE = [
  '| a | b |',
  '<script>alert(1)</script>',
  '</details></table>',
  '`code` and ``` fence',
  'one\n\n# two\n- three',
  '![x](http://evil.example/pixel.png)',
  '"><img src=x onerror=alert(1)>',
  ']]> & &lt; \\| \\',
  '**bold** _under_ ~~gone~~ $math$',
  '\u0000\u001B[31m\u202Egnp.exe\uFEFF\uD800',
] as const;

/** A report whose every free text is the same hostile value. */
function hostileReport(value: string): DrillReport {
  const { source, sandbox, recovery, restore } = sampleReport();
  return sampleReport({
    drill: value,
    verdict: 'failed',
    reasons: [sampleReason({ code: value, message: value, hint: value })],
    checks: [
      sampleCheck({ name: value, status: 'failed', expected: value, observed: value, sql: value, message: value }),
      sampleAssertion({ expected: value, observed: value }),
    ],
    source: { ...source, stanza: value },
    target: { type: 'name', value, asTyped: null, timeline: 'latest', action: 'promote' },
    sandbox: { ...sandbox, settings: [{ name: value, production: value, drill: '', why: value }] },
    restore,
    recovery: recovery && { ...recovery, proof: value, stoppedBefore: value },
    cleanup: { done: false, kept: value, steps: [{ label: value, ok: false, message: value }] },
    commands: [
      { phase: 'restore', argv: ['pgbackrest', `--target=${value}`, 'restore'], exitCode: null, durationMs: null },
    ],
    controls: [value],
    copies: [sampleCopy({ type: value, location: value, host: value, cipher: value, lastPassedRunId: value })],
    doesNotProve: [value],
    evidence: [{ file: value, sha256: value, bytes: 1 }],
  });
}

/** Every tag of a page, in order. */
function tagsOf(page: string): string[] {
  return [...page.matchAll(/<[/?]?[a-z][a-z0-9-]*/g)].map(([tag]) => tag);
}

describe.each(HOSTILE)('Markdown with %j', (value) => {
  const markdown = RENDERERS.md(hostileReport(value));
  const fences = /^(`{3,})[a-z]+\n[^]*?\n\1$/gm;
  const outside = markdown.replaceAll(fences, '');

  test('has no markup but its own', () => {
    const tags = [...outside.matchAll(/<\/?[a-z][^>]*>/gi)].map(([tag]) => tag);
    expect(tags.filter((tag) => !/^<\/?(details|summary|code)>$/.test(tag))).toEqual([]);
    const folds = RENDERERS.md(hostileReport('plain')).split('<details>').length - 1;
    expect(tags.filter((tag) => tag === '<details>')).toHaveLength(folds);
    expect(tags.filter((tag) => tag === '</details>')).toHaveLength(folds);
    expect(outside.replaceAll(/`[^`\n]+`/g, '')).not.toMatch(/(?<!\\)!?\[[^\]]*(?<!\\)\]\(/);
  });

  test('keeps the shape of every table and every heading', () => {
    const headings = outside.match(/^#+ .*$/gm) ?? [];
    const plain = RENDERERS.md(hostileReport('plain')).replaceAll(fences, '');
    expect(headings).toHaveLength(plain.match(/^#+ .*$/gm)?.length ?? 0);
    for (const table of outside.matchAll(/(?:^\|.*\|\n?)+/gm)) {
      const columns = table[0]
        .trimEnd()
        .split('\n')
        .map((row) => row.split('|').length);
      expect(new Set(columns).size).toBe(1);
    }
  });

  test('ends every fence', () => {
    expect(outside).not.toMatch(/^```/m);
  });
});

describe.each(HOSTILE)('HTML with %j', (value) => {
  const html = RENDERERS.html(hostileReport(value));

  test('has no markup but its own', () => {
    const plain = RENDERERS.html(hostileReport('plain'));
    expect(tagsOf(html)).toEqual(tagsOf(plain));
  });

  test('runs nothing and fetches nothing', () => {
    expect(html).not.toMatch(/<(?:script|img|link|iframe)|@import|url\(|<[^>]*\s(?:src|href|on\w+)=/i);
  });
});

describe.each(HOSTILE)('JUnit with %j', (value) => {
  test('has no markup but its own, and only characters that XML allows', () => {
    const xml = RENDERERS.junit(hostileReport(value));
    const plain = RENDERERS.junit(hostileReport('plain'));
    expect(tagsOf(xml)).toEqual(tagsOf(plain));
    expect(xml).not.toMatch(/[^\t\n\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u);
    expect(xml).not.toMatch(/&(?!(?:amp|lt|gt|quot|#39|#10|#9);)/);
  });
});

describe('escaping in Markdown', () => {
  test.each([
    ['plain', '`plain`'],
    ['a|b', '<code>a&#124;b</code>'],
    ['a`b', '<code>a&#96;b</code>'],
    ['<b>', '<code>&#60;b&#62;</code>'],
    ['one\n  two', '`one ⏎ two`'],
    ['', '<code></code>'],
  ])('inline code of %j is %s', (value, code) => {
    expect(inlineCode(value)).toBe(code);
  });

  test.each([
    ['max_wal_size stays', 'max_wal_size stays'],
    ['_under_', String.raw`\_under\_`],
    ['2 * 3 < 7 | x', String.raw`2 \* 3 &#60; 7 &#124; x`],
    ['&lt;', '&amp;lt;'],
    ['a\nb', 'a b'],
  ])('prose %j becomes %s', (value, prose) => {
    expect(escapeProse(value)).toBe(prose);
  });

  test.each([
    ['# no heading', String.raw`\# no heading`],
    ['- no item', String.raw`\- no item`],
    ['1. no item', String.raw`1\. no item`],
    ['    no code', 'no code'],
    ['1.5 s', '1.5 s'],
  ])('a line that starts with %j becomes %s', (line, guarded) => {
    expect(guardLineStart(line)).toBe(guarded);
  });

  test('a fence is longer than any run of backticks inside it', () => {
    expect(fenced('sql', 'a ```` b')).toBe('`````sql\na ```` b\n`````');
  });
});

test('unseen characters are spelled out; line feeds, tabs and letters of any script stay', () => {
  expect(visible('a\u0000\u202Eb\uFEFF\u{E0041}\uD800')).toBe(String.raw`a\u0000\u202Eb\uFEFF\u{E0041}\uD800`);
  expect(visible('ağ\r\n\t日本 🐘')).toBe('ağ\n\t日本 🐘');
});

test.each(HOSTILE)('OSCAL with %j is of the same form, and its Markdown has no markup of it', (value) => {
  const prose = oscalResults(hostileReport(value)).results.flatMap(
    ({ title, description, observations, findings = [] }) => [
      title,
      description,
      ...[...observations, ...findings].flatMap((one) => [one.title, one.description]),
    ],
  );
  const outside = prose.map((text) => text.replaceAll(/`[^`]+`/g, ''));
  expect(outside.filter((text) => /<(?!code>|\/code>)|(?<!\\)\]\(|\n/.test(text))).toEqual([]);
});
