import { DrillError } from '../../core/errors.ts';
import type { FleetDatabase } from '../../fleet/database/database.ts';
import { connectByUrl } from '../../postgres/by-url.ts';
import type { CliContext } from '../context.ts';

/** Does something with the database of the fleet, by the connection that DATABASE_URL names, and closes that. */
export async function withFleet<T>({ env }: CliContext, use: (database: FleetDatabase) => Promise<T>): Promise<T> {
  const url = env['DATABASE_URL'] ?? '';
  if (url === '')
    throw new DrillError('not-found', 'DATABASE_URL does not say where the database of the fleet is', {
      hint: 'DATABASE_URL=postgres://user@host/database drill fleet …',
    });
  const database = await connectByUrl(url);
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}
