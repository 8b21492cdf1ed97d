import type { NamedTables } from './named-tables.ts';

/** What is to be taken from the copy. */
export interface Wanted extends NamedTables {
  /** A condition on the rows of the one table that is named; null: all rows. */
  readonly where: string | null;
  /** Tells how far it is. */
  readonly tell: (text: string) => void;
}
