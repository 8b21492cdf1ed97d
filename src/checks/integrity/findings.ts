/**
 * What a finding does to its part. damage: the restored data is not what it was, so the part failed. doubt: nobody knows, since
 * something kept us from an answer, so the part is inconclusive. note: production has the same, and it is worth a look.
 */
export type Weight = 'damage' | 'doubt' | 'note';

interface FindingMeaning {
  readonly weight: Weight;
  readonly means: string;
  /** What to do next; null: it depends. */
  readonly hint: string | null;
}

const RESTORE_ANOTHER =
  'look whether production has it too (the same check there); if not, restore an older backup set and look when it began';
const REINDEX = 'REINDEX mends an index; look first whether its table is whole, and whether production has it too';

/** Every code that a finding can have. Codes are stable; a code decides the weight, so that one fault is never judged in two ways. */
export const FINDING_CODES = {
  'page-checksum': { weight: 'damage', means: 'A page does not match its checksum.', hint: RESTORE_ANOTHER },
  'file-torn': { weight: 'damage', means: 'A data file ends within a page.', hint: RESTORE_ANOTHER },
  'file-missing': { weight: 'damage', means: 'A relation lacks a data file.', hint: RESTORE_ANOTHER },
  'heap-damaged': {
    weight: 'damage',
    means: 'A row of a table is not as PostgreSQL writes it.',
    hint: RESTORE_ANOTHER,
  },
  'toast-damaged': { weight: 'damage', means: 'A long value is not whole.', hint: RESTORE_ANOTHER },
  'index-damaged': { weight: 'damage', means: 'A B-tree index breaks its own rules.', hint: REINDEX },
  'index-lacks-row': { weight: 'damage', means: 'A row of a table is not in an index of it.', hint: REINDEX },
  'row-unreadable': { weight: 'damage', means: 'Rows of a table cannot be read.', hint: RESTORE_ANOTHER },
  'schema-unreadable': {
    weight: 'damage',
    means: 'pg_dump cannot read the catalogs or the large objects.',
    hint: RESTORE_ANOTHER,
  },
  'visibility-wrong': {
    weight: 'damage',
    means: 'The visibility map calls rows visible to all, or frozen, that are not.',
    hint: 'VACUUM (DISABLE_PAGE_SKIPPING) mends a visibility map; look whether production has it too',
  },
  'page-lost': {
    weight: 'damage',
    means: 'A page of a table is empty or not there, though an index or the visibility map says that it holds rows.',
    hint: RESTORE_ANOTHER,
  },
  'database-zeroed': {
    weight: 'damage',
    means: 'A database was left out of a restore: its files hold zeros.',
    hint: 'DROP DATABASE removes what is left of it, where that was meant; else restore all databases',
  },
  'promised-missing': {
    weight: 'damage',
    means: 'A database or a role that the plan promises is not there.',
    hint: 'look whether production has it, and since when; the recovery target may lie before it was made',
  },

  'not-examined': { weight: 'doubt', means: 'Something could not be asked.', hint: null },
  'time-limit': {
    weight: 'doubt',
    means: 'A part did not end within its time.',
    hint: 'raise integrity.timeout, or the timeout of that part',
  },
  'program-missing': {
    weight: 'doubt',
    means: 'A program of PostgreSQL is not where the drill runs.',
    hint: "install PostgreSQL's server package with its contrib programs for this major version, such as apt-get install postgresql-15 postgresql-client-15, or use an image that has them",
  },
  'extension-missing': {
    weight: 'doubt',
    means: 'An extension is not installed where the drill runs, in any version.',
    hint: "install its package for this major version of PostgreSQL where the drill runs (Debian has contrib's in postgresql-15, PGDG for RHEL in postgresql15-contrib), or use an image that has it",
  },
  'other-collation': {
    weight: 'doubt',
    means: 'An index on texts is out of order, but by a collation that is not known to be the one of production.',
    hint: 'drill on a machine with the operating system of production: only there can this index be judged',
  },
  'file-short': {
    weight: 'doubt',
    means: 'A relation has fewer pages than its statistics say.',
    hint: 'compare pg_relation_size with production; integrity: deep asks the indexes',
  },

  'index-invalid': {
    weight: 'note',
    means: 'An index is not valid or not ready, and serves no query.',
    hint: 'DROP INDEX or REINDEX it in production: it is what a CREATE INDEX CONCURRENTLY left that did not end',
  },
  'constraint-not-valid': {
    weight: 'note',
    means: 'A constraint was never validated for the rows that were there.',
    hint: 'ALTER TABLE … VALIDATE CONSTRAINT in production',
  },
  'sequence-behind': {
    weight: 'note',
    means: 'A sequence is behind the column that it numbers: the next rows would be refused.',
    hint: 'setval() in production',
  },
  'extension-version': {
    weight: 'note',
    means: 'An extension has a version that is not available where the drill runs.',
    hint: 'install the same version where a real recovery is to run',
  },
  'collation-version': {
    weight: 'note',
    means: 'A collation has another version here than in the catalog.',
    hint: null,
  },
  'prepared-transaction': { weight: 'note', means: 'A prepared transaction is open.', hint: null },
  'unlogged-table': { weight: 'note', means: 'An unlogged table is empty after recovery.', hint: null },
  'database-closed': {
    weight: 'note',
    means: 'A database takes no connections, so nothing of it was asked or read.',
    hint: 'ALTER DATABASE … ALLOW_CONNECTIONS true in production, if its data matters',
  },
  'left-out': {
    weight: 'note',
    means: 'The configuration leaves something out of backups (exclude).',
    hint: 'look whether that is meant; what is left out is not there after a disaster',
  },
  'surplus-file': {
    weight: 'note',
    means: 'A data file belongs to no relation: a crash of production left it.',
    hint: 'it only takes room; a dump and restore, or pg_upgrade, leaves such files behind',
  },
} as const satisfies Record<string, FindingMeaning>;

export type FindingCode = keyof typeof FINDING_CODES;

/** Something that a part found, in standard terms; never with values of restored data. */
export interface Finding {
  readonly code: FindingCode;
  readonly database: string | null;
  /** `schema.name`, or the path of a file where its relation is not known. */
  readonly relation: string | null;
  readonly block: number | null;
  readonly text: string;
}

export function weightOf(code: FindingCode): Weight {
  return FINDING_CODES[code].weight;
}

/** So many findings of a part are told one by one. */
export const MOST_FINDINGS = 20;

/** The findings of a part: all are counted, the first are kept, those that weigh most before others. */
export class FindingList {
  readonly #kept: Record<Weight, Finding[]> = { damage: [], doubt: [], note: [] };
  readonly #counts: Record<Weight, number> = { damage: 0, doubt: 0, note: 0 };

  add(code: FindingCode, text: string, where: Partial<Pick<Finding, 'database' | 'relation' | 'block'>> = {}): void {
    const weight = weightOf(code);
    this.#counts[weight] += 1;
    if (this.#kept[weight].length >= MOST_FINDINGS) return;
    this.#kept[weight].push({ code, text, database: null, relation: null, block: null, ...where });
  }

  count(weight: Weight): number {
    return this.#counts[weight];
  }

  get total(): number {
    return this.count('damage') + this.count('doubt') + this.count('note');
  }

  get first(): Finding[] {
    const { damage, doubt, note } = this.#kept;
    return [...damage, ...doubt, ...note].slice(0, MOST_FINDINGS);
  }
}
