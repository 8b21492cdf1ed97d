/** Something that is wrong with a directory of reports. */
export interface Problem {
  /** The file, or the folder of a run, from the directory of the reports on. */
  readonly file: string;
  /** The line of the ledger; null: it is about all of the file. */
  readonly line: number | null;
  readonly what: string;
}

/** A problem with a file, or with the folder of a run. */
export function problemWith(file: string, what: string): Problem {
  return { file, line: null, what };
}
