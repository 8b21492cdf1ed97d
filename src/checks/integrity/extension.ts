import { literal } from '../../postgres/literal.ts';
import { addFault } from './ask.ts';
import type { FindingList } from './findings.ts';
import type { PartContext } from './part.ts';

/**
 * Makes an extension of PostgreSQL's own in each database that has it not, brings one that pg_upgrade has carried along to the version
 * of this server, and gives the databases that have it now, each with its schema, quoted. A standby takes none. What keeps one from it
 * is a doubt. The user's event triggers do not fire on it.
 */
export async function withExtension(
  { databases, sessions, standby, signal }: PartContext,
  name: string,
  findings: FindingList,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const database of databases) {
    signal.throwIfAborted();
    try {
      await using session = await sessions.of(database);
      if (!standby) {
        await session.execute(
          `set session_replication_role = replica; begin read write; create extension if not exists ${name} with schema pg_catalog; commit`,
        );
      }
      const [row] = await session.rows(
        `select quote_ident(n.nspname), e.extversion <> a.default_version from pg_extension e
           join pg_namespace n on n.oid = e.extnamespace left join pg_available_extensions a on a.name = e.extname
         where extname = ${literal(name)}`,
      );
      if (!standby && row?.[1] === 't')
        await session.execute(`begin read write; alter extension ${name} update; commit`);
      if (row?.[0]) found.set(database, row[0]);
      else
        findings.add('not-examined', `a standby takes no extension, and ${name} is not in ${database}`, { database });
    } catch (error) {
      addFault(findings, error, { database, relation: name });
    }
  }
  return found;
}
