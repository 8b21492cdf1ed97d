/** How much of a directory of reports is there. */
export interface Extent {
  /** `part`: the last lines of the ledger alone. */
  readonly ledger: 'whole' | 'part';
  /** `without-values`: of each run what is signed about it, and its report without values of restored data. */
  readonly files: 'all' | 'without-values';
}

/** A directory of reports itself. */
export const WHOLE: Extent = { ledger: 'whole', files: 'all' };

/** The report of a run without values of restored data, as a bundle has it in place of report.json, and what is made of it. */
export const FORMS_WITHOUT_VALUES = {
  json: 'report.without-values.json',
  md: 'report.without-values.md',
  html: 'report.without-values.html',
} as const;

export const REPORT_WITHOUT_VALUES = FORMS_WITHOUT_VALUES.json;
