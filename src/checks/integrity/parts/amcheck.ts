import { checkByProgram } from '../amcheck-by-program.ts';
import { checkBySql } from '../amcheck-by-sql.ts';
import { indexesOfOtherCollations } from '../other-collations.ts';
import { complaintText, damageIn, mayBeOrderAlone, type Complaint } from '../../../postgres/amcheck-output.ts';
import { blockIn } from '../../../postgres/data-fault.ts';
import { databasesText } from '../ask.ts';
import { withExtension } from '../extension.ts';
import type { FindingCode, FindingList } from '../findings.ts';
import type { IntegrityPart } from '../part.ts';
import { hasProgram } from '../program.ts';

/** pg_amcheck came with 14. */
const PROGRAM_SINCE = 14;

/**
 * Tables, long values and B-tree indexes by amcheck. It makes its extension in the copy, so it comes after the questions of the plan.
 * An index out of order is a doubt where the collation has another version than in production: there it may be in order.
 */
export const amcheck: IntegrityPart = {
  title: 'tables and B-tree indexes hold together',
  asks: 'tables, long values and B-tree indexes, by amcheck',
  from: 'standard',
  needs: 'extended',
  extensions: ['amcheck'],
  isLong: true,
  examine: async (context, findings) => {
    const schemas = await withExtension(context, 'amcheck', findings);
    if (schemas.size === 0) return { at: 'nothing' };
    const { parentCheck } = context.options.amcheck;
    if (parentCheck && context.standby)
      findings.add(
        'not-examined',
        'the levels of indexes cannot be compared while the copy stays in recovery (standby)',
      );
    const doubtful = await indexesOfOtherCollations(context, findings);
    const onComplaint = (complaint: Complaint): void => addComplaint(complaint, doubtful, findings);
    const byProgram = context.binaries.major >= PROGRAM_SINCE && (await hasProgram(context, 'pg_amcheck'));
    if (byProgram) await checkByProgram(context, [...schemas.keys()], findings, onComplaint);
    else await checkBySql(context, schemas, findings, onComplaint);
    return {
      at: `${databasesText({ databases: [...schemas.keys()] })}, by ${byProgram ? 'pg_amcheck' : 'the functions of amcheck'}`,
    };
  },
};

const CODES = {
  heap: 'heap-damaged',
  toast: 'toast-damaged',
  index: 'index-damaged',
  row: 'index-lacks-row',
} as const satisfies Record<NonNullable<ReturnType<typeof damageIn>>, FindingCode>;

function addComplaint(complaint: Complaint, doubtful: ReadonlySet<string>, findings: FindingList): void {
  const { database, relation, message } = complaint;
  const where = { database, relation, block: complaint.block ?? blockIn(message) };
  const damage = damageIn(complaint);
  const text = complaintText(complaint);
  if (mayBeOrderAlone(complaint) && doubtful.has(`${database}.${relation}`))
    findings.add('other-collation', `${text}; its collation is not known to be the same here`, where);
  else findings.add(damage === null ? 'not-examined' : CODES[damage], text, where);
}
