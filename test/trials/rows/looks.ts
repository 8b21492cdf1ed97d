import type { TrialRow } from '../row.ts';

const look = (id: string, input: string, says: string): TrialRow => ({ id, input, ending: null, code: null, says });

/** How reports look, measured in a browser, on paper and in a terminal. */
export const looksRows: readonly TrialRow[] = [
  look(
    'H1',
    '`report.html` on a phone, 390 pixels wide',
    'nothing is wider than the screen; the chart is drawn for it',
  ),
  look(
    'H2',
    'the first screen of `report.html`, on a phone and on a desk',
    'verdict, what was proven, what to do, figures; no microseconds',
  ),
  look('H3', 'the RTO in `report.html`', 'stands once in words, with how it is measured folded behind it'),
  look('H4', 'the sample output in README.md', 'is what the program prints of the sample report'),
  look('H5', 'the report of a passed run, printed', 'two pages at most; the annex is printed when it is open'),
  look(
    'H6',
    'the report of a failed run',
    'the reason stands first; what was not measured is a dash; no section is empty',
  ),
  look('H6b', 'the report of a run that passed with a warning', 'says “passed with 1 warning” first'),
  look('H7', '`report.md`', 'five rows first, the rest folded; each table has headings'),
  look(
    'H8',
    'the end of a run in a terminal of 80 columns',
    'no line is longer, no word is broken; the path of the report and the next step stand last',
  ),
  look('H8b', 'the past runs of one drill on two repositories', 'each repository has a trend of its own'),
  look('H9', '`report.html`, all opened, light and dark, as axe-core sees it', 'no violation'),
];
