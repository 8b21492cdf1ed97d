import { addFault, inEachDatabase } from './ask.ts';
import { faultOf, kindOfFault } from '../../postgres/data-fault.ts';
import type { FindingList } from './findings.ts';
import type { PartContext } from './part.ts';
import type { Complaint } from '../../postgres/amcheck-output.ts';

/** Valid B-tree indexes, and from 14 on tables, the smallest first. */
const relationsQuery = (major: number): string => `
  select c.oid::int8 as oid, n.nspname || '.' || c.relname as name, c.relkind = 'i' as "isIndex"
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join pg_index i on i.indexrelid = c.oid
  where c.relpersistence = 'p' and (
    (c.relkind = 'i' and i.indisvalid and i.indisready and c.relam = (select oid from pg_am where amname = 'btree'))
    ${major >= HEAP_SINCE ? "or (c.relkind in ('r', 'm', 't') and c.relam = (select oid from pg_am where amname = 'heap'))" : ''})
  order by c.relpages`;

/** verify_heapam() came with pg_amcheck. */
const HEAP_SINCE = 14;

interface Relation {
  readonly oid: number;
  readonly name: string;
  readonly isIndex: boolean;
}

/** The same by the functions of the extension, for PostgreSQL 12 and 13, and where pg_amcheck is not installed. */
export async function checkBySql(
  context: PartContext,
  schemas: ReadonlyMap<string, string>,
  findings: FindingList,
  onComplaint: (complaint: Complaint) => void,
): Promise<void> {
  const { heapAllIndexed, parentCheck } = context.options.amcheck;
  const check = parentCheck && !context.standby ? 'bt_index_parent_check' : 'bt_index_check';
  await inEachDatabase({ ...context, databases: [...schemas.keys()] }, findings, async (database, { list, ask }) => {
    const schema = schemas.get(database) ?? 'public';
    const relations = await list<Relation>(relationsQuery(context.binaries.major));
    for (const { oid, name, isIndex } of relations) {
      const where = { database, relation: name };
      try {
        if (isIndex) await ask(`select ${schema}.${check}(${oid}::oid::regclass, ${heapAllIndexed})::text`);
        else {
          const rows = await ask<{ blkno: number; msg: string }>(
            `select blkno, msg from ${schema}.verify_heapam(${oid}::oid::regclass, check_toast := true)`,
          );
          for (const { blkno, msg } of rows)
            onComplaint({ kind: 'heap', ...where, block: blkno, message: msg, isError: false });
        }
      } catch (error) {
        context.signal.throwIfAborted();
        const fault = faultOf(error);
        if (isIndex && kindOfFault(fault) === 'damaged')
          onComplaint({ kind: 'btree', ...where, block: null, message: fault.message, isError: true });
        else addFault(findings, error, where);
      }
    }
  });
}
