import { databasesText, inEachDatabase } from '../ask.ts';
import type { IntegrityPart } from '../part.ts';

const NOT_VALID = `
  select n.nspname || '.' || c.relname as relation, k.conname as name
  from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
  where not k.convalidated order by 1, 2`;

/** A note: somebody made it so in production, to add a constraint without reading the table. */
export const constraints: IntegrityPart = {
  title: 'every constraint is validated',
  asks: 'constraints that are NOT VALID',
  from: 'quick',
  needs: 'recovered',
  examine: async (context, findings) => {
    await inEachDatabase(context, findings, async (database, { list }) => {
      for (const { relation, name } of await list<{ relation: string; name: string }>(NOT_VALID))
        findings.add('constraint-not-valid', `${name} of ${relation} is NOT VALID`, { database, relation });
    });
    return { at: `the constraints of ${databasesText(context)}` };
  },
};
