import { isZeroedDatabase } from '../../../postgres/data-fault.ts';
import { databasesText } from '../ask.ts';
import type { IntegrityPart } from '../part.ts';

/**
 * What the backup left out. Files that pgBackRest was told to leave out (`exclude`) are a note, since somebody meant it; what that
 * makes of a relation is said by the part on files. A database that an earlier restore zeroed is damage: nobody can use it.
 */
export const leftOut: IntegrityPart = {
  title: 'nothing was left out of the backup',
  asks: 'what the configuration leaves out of backups, and databases that a restore has zeroed',
  from: 'quick',
  examine: async (context, findings) => {
    for (const path of context.excluded) findings.add('left-out', `backups leave out ${path} (exclude)`);
    for (const { name, refusal } of context.inspected.databases.filter((one) => isZeroedDatabase(one.refusal ?? '')))
      findings.add('database-zeroed', `the files of database "${name}" hold zeros: ${refusal ?? ''}`, {
        database: name,
      });
    return Promise.resolve({ at: databasesText(context) });
  },
};
