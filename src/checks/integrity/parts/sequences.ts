import { addFault, databasesText, inEachDatabase } from '../ask.ts';
import type { IntegrityPart } from '../part.ts';

/** Sequences of columns (serial, identity) whose largest value an index knows: to look for it elsewhere would read the table. */
const OWNED = `
  select sn.nspname || '.' || s.relname as name, format('%I.%I', sn.nspname, s.relname) as sequence,
    tn.nspname || '.' || t.relname as relation, format('%I.%I', tn.nspname, t.relname) as tab, format('%I', a.attname) as col
  from pg_class s join pg_namespace sn on sn.oid = s.relnamespace
    join pg_sequence q on q.seqrelid = s.oid
    join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = s.oid and d.deptype in ('a', 'i')
      and d.refclassid = 'pg_class'::regclass
    join pg_class t on t.oid = d.refobjid join pg_namespace tn on tn.oid = t.relnamespace
    join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
  where s.relkind = 'S' and s.relpersistence = 'p' and t.relpersistence = 'p' and q.seqincrement > 0 and not q.seqcycle
    and a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
    and exists (select from pg_index i join pg_class ic on ic.oid = i.indexrelid
      where i.indrelid = t.oid and i.indkey[0] = a.attnum and i.indisvalid and i.indpred is null
        and ic.relam = (select oid from pg_am where amname = 'btree'))`;

interface Owned {
  readonly name: string;
  readonly sequence: string;
  readonly relation: string;
  readonly tab: string;
  readonly col: string;
}

/**
 * A note: recovery never sets a sequence back behind the rows that it numbered, since the WAL of a sequence runs ahead (32 values).
 * So production has the same, and there the next insert fails as well.
 */
export const sequences: IntegrityPart = {
  title: 'no sequence is behind its column',
  asks: 'sequences behind the column that they number',
  from: 'quick',
  needs: 'recovered',
  examine: async (context, findings) => {
    let asked = 0;
    await inEachDatabase(context, findings, async (database, { list, ask }) => {
      for (const { name, sequence, relation, tab, col } of await list<Owned>(OWNED)) {
        asked += 1;
        const behind = `select (select max(${col}) from ${tab}) > (select last_value from ${sequence}) as behind`;
        try {
          const [answer] = await ask<{ behind: boolean | null }>(behind);
          if (answer?.behind === true)
            findings.add('sequence-behind', `${name} is behind ${relation}`, { database, relation: name });
        } catch (error) {
          context.signal.throwIfAborted();
          addFault(findings, error, { database, relation });
        }
      }
    });
    return { at: `${asked} sequences of columns with an index, in ${databasesText(context)}` };
  },
};
