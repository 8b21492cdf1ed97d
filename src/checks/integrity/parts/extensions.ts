import { databasesText, inEachDatabase } from '../ask.ts';
import type { IntegrityPart } from '../part.ts';

const ABSENT = `
  select e.extname as name, e.extversion as version, a.name is not null as known
  from pg_extension e left join pg_available_extensions a on a.name = e.extname
  where not exists (select from pg_available_extension_versions v where v.name = e.extname and v.version = e.extversion)
  order by 1`;

/**
 * Extensions of the catalog that are not here. That is a fact of this machine and no fault of the backup, so it is a doubt; whoever
 * recovers on a machine like this one cannot use what rests on them. Another version is a note: its functions are here.
 */
export const extensions: IntegrityPart = {
  title: 'every extension is installed here',
  asks: 'extensions of the catalog that this machine lacks',
  from: 'quick',
  needs: 'recovered',
  examine: async (context, findings) => {
    await inEachDatabase(context, findings, async (database, { list }) => {
      for (const { name, version, known } of await list<{ name: string; version: string; known: boolean }>(ABSENT)) {
        if (known)
          findings.add('extension-version', `${name} ${version} is not available here, another version is`, {
            database,
          });
        else findings.add('extension-missing', `${name} ${version} is not installed here`, { database });
      }
    });
    return { at: `the extensions of ${databasesText(context)}` };
  },
};
