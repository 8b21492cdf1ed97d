import type { TrialRow } from '../row.ts';

const look = (id: string, input: string, says: string): TrialRow => ({ id, input, ending: null, code: null, says });

/** How the pages of `drill site` look, and who can use them. */
export const siteRows: readonly TrialRow[] = [
  look(
    'H20',
    'each page of `drill site` on a phone (390 pixels), a tablet (768) and a desk (1280)',
    'none is wider than the screen',
  ),
  look('H21', 'each page of `drill site`, light and dark, asked by axe-core', 'no violation'),
  look('H22', 'each page of `drill site`, by keyboard', 'every link and every folded table can be reached'),
  look(
    'H23',
    'the pages of `drill site` with a name that is a script',
    'it is text; no script runs, and nothing is fetched',
  ),
  look('H24', 'the front page of `drill site`', 'the verdict stands on the first screen; on paper it is one page'),
  look(
    'H25',
    'the first page of a bundle, with a name that is a script: on a phone and a desk, light and dark, asked by axe-core',
    'no violation; it is no wider than the screen; the name is text',
  ),
];
