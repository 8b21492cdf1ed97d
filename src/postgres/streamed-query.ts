import type { Connection, Submittable } from 'pg';

/** What came of a query of the user's. */
export interface QueryResult {
  readonly columns: readonly string[];
  /** Types by their OID; 16 is boolean, 1114 timestamp, 1184 timestamptz. */
  readonly types: readonly number[];
  /** The first rows, values as PostgreSQL prints them. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly rowCount: number;
}

const KEPT_ROWS = 20;

/** What pg's typings leave out of its connection. */
interface Wire {
  parse(message: { text: string }): void;
  bind(message: object): void;
  describe(message: { type: 'P' }): void;
  execute(message: { rows: number }): void;
  sync(): void;
  stream: { destroy(error: Error): void };
}

/**
 * One statement in the extended protocol, which refuses a second one. Rows are counted as they come, and the first are
 * kept: an answer of any size takes little memory. A statement without an answer of rows answers no question.
 */
export class StreamedQuery implements Submittable {
  readonly result: Promise<QueryResult>;
  readonly #sql: string;
  readonly #settle: PromiseWithResolvers<QueryResult>;
  readonly #rows: (string | null)[][] = [];
  #fields: readonly { readonly name: string; readonly dataTypeID: number }[] | null = null;
  #rowCount = 0;
  #problem = 'it answers with no rows, whatever the data is; ask with a select';

  constructor(sql: string) {
    this.#sql = sql;
    this.#settle = Promise.withResolvers();
    this.result = this.#settle.promise;
    this.result.catch(() => undefined); // It may settle before anybody waits for it.
  }

  submit(connection: Connection): void {
    const wire = connection as unknown as Wire;
    wire.parse({ text: this.#sql });
    wire.bind({});
    wire.describe({ type: 'P' });
    wire.execute({ rows: 0 });
    wire.sync();
  }

  handleRowDescription({ fields }: { fields: readonly { name: string; dataTypeID: number }[] }): void {
    this.#fields = fields;
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    this.#rowCount += 1;
    if (this.#rows.length < KEPT_ROWS) this.#rows.push(fields);
  }

  handleEmptyQuery(): void {
    this.#problem = 'it holds no statement';
  }

  handleCommandComplete(): void {
    // The rows are counted already.
  }

  handlePortalSuspended(): void {
    // Never: all rows are asked for.
  }

  handleCopyInResponse(connection: Connection): void {
    this.#refuseCopy(connection);
  }

  handleCopyData(_message: unknown, connection: Connection): void {
    this.#refuseCopy(connection);
  }

  handleError(error: Error): void {
    this.#settle.reject(error);
  }

  handleReadyForQuery(): void {
    if (this.#fields === null) {
      this.#settle.reject(new Error(this.#problem));
      return;
    }
    this.#settle.resolve({
      columns: this.#fields.map(({ name }) => name),
      types: this.#fields.map(({ dataTypeID }) => dataTypeID),
      rows: this.#rows,
      rowCount: this.#rowCount,
    });
  }

  #refuseCopy(connection: Connection): void {
    (connection as unknown as Wire).stream.destroy(
      new Error('it copies data, and answers with no rows; ask with a select'),
    );
  }
}
