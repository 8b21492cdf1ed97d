import type { IntegrityPart } from '../part.ts';
import { literal } from '../../../postgres/literal.ts';

/** Databases and roles that must be there: a recovery target before they were made, or a backup of another cluster, has none. */
export const promised: IntegrityPart = {
  title: 'what was promised is there',
  asks: 'databases and roles that the plan promises',
  from: 'quick',
  needs: 'recovered',
  examine: async ({ sessions, databases, options: { promised: wanted } }, findings) => {
    for (const name of wanted.databases.filter((database) => !databases.includes(database)))
      findings.add('promised-missing', `the database "${name}" is not there, or lets nobody in`, { database: name });
    if (wanted.roles.length > 0) {
      await using database = await sessions.ours();
      const rows = await database.rows(
        `select name from unnest(array[${wanted.roles.map(literal).join(', ')}]::text[]) name
         where not exists (select from pg_roles where rolname = name)`,
      );
      for (const [name] of rows) findings.add('promised-missing', `the role "${name ?? ''}" is not there`);
    }
    return { at: `${wanted.databases.length} databases and ${wanted.roles.length} roles` };
  },
};
