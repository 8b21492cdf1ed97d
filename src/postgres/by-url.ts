import { Client } from 'pg';
import { DrillError, errorCode, messageOf } from '../core/errors.ts';

/** A connection to a server of the user's that is named by a URL: not a restored one, and not production. */
export interface UrlConnection {
  rows<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Statements that count together or not at all. */
  transaction<T>(work: (inside: Pick<UrlConnection, 'rows'>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Connects, as libpq would by this URL and the PG* variables. Throws `not-found` where nobody answers or lets us in. */
export async function connectByUrl(url: string): Promise<UrlConnection> {
  const client = new Client({ connectionString: url, application_name: 'pgdrill', connectionTimeoutMillis: 30_000 });
  // A connection that breaks is told of by the next statement.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    // The URL may hold a password.
    throw new DrillError('not-found', `the database of the fleet does not answer: ${messageOf(error)}`, {
      hint: 'DATABASE_URL says where it is: postgres://user@host/database',
      cause: error,
    });
  }
  const rows = async <Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> => {
    try {
      return (await client.query<Row>(sql, [...values])).rows;
    } catch (error) {
      throw refused(error);
    }
  };
  return {
    rows,
    transaction: async (work) => {
      await rows('begin isolation level read committed');
      try {
        const result = await work({ rows });
        await rows('commit');
        return result;
      } catch (error) {
        // A connection that is gone has rolled back.
        await client.query('rollback').catch(() => undefined);
        throw error;
      }
    },
    close: () => client.end(),
  };
}

/** PostgreSQL 15: 42P01 and 3F000 say that there is no such table or schema, 42501 that this user may not. */
const HINTS: Readonly<Record<string, string>> = {
  '42P01': 'drill fleet init makes the tables',
  '3F000': 'drill fleet init makes the tables',
  '42501': 'drill fleet init --print-sql prints the roles; make this login a member of the one that it needs',
};

function refused(error: unknown): DrillError {
  const hint = HINTS[errorCode(error) ?? ''];
  return new DrillError('not-found', `the database of the fleet: ${messageOf(error)}`, {
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}
