import type { PhaseChart } from './phase-chart.ts';

/** Good, bad, worth a look, or nothing to say. */
export type Tone = 'good' | 'bad' | 'warning' | 'neutral';

/** A piece of text. A bare string is prose; whoever prints it escapes it, so it may hold restored data. `href` is ours: a path. */
export type Inline =
  | string
  | { readonly code: string }
  | { readonly strong: string }
  | { readonly href: string; readonly words: string }
  | { readonly tone: Tone; readonly mark: string };

/** One piece of text, or several that follow each other. */
export type Words = Inline | readonly Inline[];

/** A part of a section. What it looks like is decided by the printer of each format. */
export type Block =
  | { readonly kind: 'paragraph'; readonly words: Words }
  | { readonly kind: 'byline'; readonly words: Words }
  | { readonly kind: 'list'; readonly items: readonly Words[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly Words[])[] }
  | { readonly kind: 'facts'; readonly rows: readonly Fact[] }
  | { readonly kind: 'quote'; readonly words: Words }
  | { readonly kind: 'listing'; readonly language: 'sh' | 'sql'; readonly text: string }
  | { readonly kind: 'folded'; readonly title: string; readonly blocks: readonly Block[] }
  | { readonly kind: 'phase-chart'; readonly chart: PhaseChart }
  | { readonly kind: 'figures'; readonly figures: readonly Figure[] };

/** One number that most readers come for. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  /** Whether it is what was promised; null: nothing was promised, or it cannot be. */
  readonly mark: Inline | null;
  /** What was promised, `none` where nothing was; null: nothing can be. */
  readonly objective: string | null;
  /** What there is to say in place of a mark. */
  readonly remark: string | null;
  /** The part of what was promised that was needed: 0.4 of the RTO. Null: nothing was promised, or nothing measured. */
  readonly share: number | null;
  /** How it is measured, for those who ask. */
  readonly how: string;
}

/** What is known of one thing: its name and its value. */
export type Fact = readonly [name: string, value: Words];

/** A heading and what stands below it. */
export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** The pieces of some words, one after the other. */
export function inlines(words: Words): readonly Inline[] {
  return isPieces(words) ? words : [words];
}

function isPieces(words: Words): words is readonly Inline[] {
  return Array.isArray(words);
}

const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', bad: '✗', warning: '⚠', neutral: '–' };

/** A mark as text: the meaning never hangs on a colour alone. */
export function markText({ tone, mark }: { readonly tone: Tone; readonly mark: string }): string {
  return `${SIGNS[tone]} ${mark}`.trim();
}

export function paragraph(words: Words): Block {
  return { kind: 'paragraph', words };
}
