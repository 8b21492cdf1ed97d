import { checkByProgram } from '../amcheck/by-program.ts';
import { checkBySql } from '../amcheck/by-sql.ts';
import { indexesOfOtherCollations } from '../amcheck/other-collations.ts';
import { blockIn, codeOfComplaint, complaintText, type Complaint } from '../amcheck/read-output.ts';
import { databasesText } from '../ask.ts';
import { withExtension } from '../extension.ts';
import type { FindingList } from '../findings.ts';
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

function addComplaint(complaint: Complaint, doubtful: ReadonlySet<string>, findings: FindingList): void {
  const { kind, database, relation, message } = complaint;
  const where = { database, relation, block: complaint.block ?? (kind === 'btree' ? blockIn(message) : null) };
  const code = codeOfComplaint(complaint);
  const isOfOrder = code === 'index-damaged' || code === 'index-lacks-row';
  const text = complaintText(complaint);
  if (isOfOrder && doubtful.has(`${database}.${relation}`) && ORDER.test(message))
    findings.add('other-collation', `${text}; its collation has another version here`, where);
  else findings.add(code ?? 'not-examined', text, where);
}

/** What a change of the order of texts makes amcheck say. A page that cannot be read is damage under any collation. */
const ORDER =
  /invariant violated|lacks matching index tuple|could not find tuple using search|mismatch between parent key/;
