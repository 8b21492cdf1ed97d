import { listed } from '../../wholeness.ts';
import { databasesText } from '../ask.ts';
import type { IntegrityPart } from '../part.ts';

/** A note: whoever made them knows that no recovery brings their rows back. */
export const unlogged: IntegrityPart = {
  title: 'no table is unlogged',
  asks: 'unlogged tables, which are empty after recovery',
  from: 'quick',
  needs: 'recovered',
  toldByEveryRun: true,
  examine: (context, findings) => {
    for (const { name, unlogged: tables } of context.inspected.databases)
      if (tables.count > 0) findings.add('unlogged-table', listed(tables), { database: name });
    return Promise.resolve({ at: `the tables of ${databasesText(context)}` });
  },
};
