import { databasesText } from '../ask.ts';
import type { IntegrityPart } from '../part.ts';

/**
 * A note, since the data is what it was: only indexes on texts may be in an order that this machine takes for another. amcheck says
 * which of them are, and what it finds there is a doubt.
 */
export const collations: IntegrityPart = {
  title: 'collations have the versions of production',
  asks: 'versions of collations, of the C library and of ICU, that differ from the catalog',
  from: 'quick',
  needs: 'recovered',
  toldByEveryRun: true,
  examine: (context, findings) => {
    for (const { name, collations: differ } of context.inspected.databases)
      for (const text of differ) findings.add('collation-version', text, { database: name });
    return Promise.resolve({ at: `the collations of ${databasesText(context)}` });
  },
};
