/** Statements on a database of a fleet. */
export interface Rows {
  rows<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** The database of a fleet: PostgreSQL, or the one that is built in. */
export interface FleetDatabase extends Rows {
  transaction<T>(work: (inside: Rows) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
